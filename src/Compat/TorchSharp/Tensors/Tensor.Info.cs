namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public ScalarType dtype => (ScalarType)Info(TensorInfo.DType);

        public Device device => new(device_type, device_index);

        public DeviceType device_type => (DeviceType)Info(TensorInfo.DeviceType);

        public int device_index => (int)Info(TensorInfo.DeviceIndex);

        public long Dimensions => Info(TensorInfo.Dimensions);

        public long NumberOfElements => Info(TensorInfo.Elements);

        public long ElementSize => Info(TensorInfo.ElementSize);

        public bool is_leaf => Info(TensorInfo.IsLeaf) != 0;

        public long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* pointer = sizes)
                {
                    Native.Check(Native.at_shape(Handle, pointer, null));
                }

                GC.KeepAlive(this);
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim)
        {
            var rank = (int)Dimensions;
            var sizes = stackalloc long[Math.Max(rank, 1)];
            Native.Check(Native.at_shape(Handle, sizes, null));
            GC.KeepAlive(this);
            return sizes[Wrap(dim, rank)];
        }

        public long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* pointer = strides)
            {
                Native.Check(Native.at_shape(Handle, null, pointer));
            }

            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => stride()[Wrap(dim, (int)Dimensions)];

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public bool is_contiguous() => Info(TensorInfo.IsContiguous) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        internal long Info(TensorInfo what)
        {
            var value = Info(Handle, what);
            GC.KeepAlive(this);
            return value;
        }

        internal static long Info(IntPtr handle, TensorInfo what)
        {
            long value;
            Native.Check(Native.at_info(handle, what, &value));
            return value;
        }

        /// <summary>Whether the kernels beside the binding can read it: contiguous float32 on the CPU.</summary>
        internal bool IsPlain
        {
            get
            {
                var isPlain = IsPlainHandle(Handle);
                GC.KeepAlive(this);
                return isPlain;
            }
        }

        internal static bool IsPlainHandle(IntPtr handle) =>
            Info(handle, TensorInfo.DeviceType) == (long)DeviceType.CPU && Info(handle, TensorInfo.DType) == (long)ScalarType.Float32 && Info(handle, TensorInfo.IsContiguous) != 0;

        /// <summary>The address of the first element; whoever uses it keeps the tensor alive until done.</summary>
        internal void* DataPointer()
        {
            void* data;
            Native.Check(Native.at_data(Handle, &data));
            GC.KeepAlive(this);
            return data;
        }

        private static int Wrap(int dim, int rank) =>
            dim >= -rank && dim < rank ? (dim + rank) % rank : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {rank} dimensions.");
    }

    public static bool is_floating_point(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
}
