using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <content>The elements as .NET values.</content>
    public unsafe partial class Tensor
    {
        /// <summary>The raw bytes of a contiguous CPU tensor, shared; setting copies over them.</summary>
        public Span<byte> bytes
        {
            get
            {
                Demand(is_cpu() && is_contiguous(), "bytes needs a contiguous CPU tensor; call cpu() and contiguous() first.");
                var length = NumberOfElements * ElementSize;
                if (length > int.MaxValue)
                {
                    throw new InvalidOperationException($"The tensor has {length} bytes; a span holds at most {int.MaxValue}.");
                }

                return new Span<byte>(DataPointer(), (int)length);
            }

            set
            {
                var target = bytes;
                Demand(target.Length == value.Length, $"The tensor has {target.Length} bytes, {value.Length} were given.");
                value.CopyTo(target);
                GC.KeepAlive(this);
            }
        }

        /// <summary>The elements in row-major order; T must be the element type, the tensor on the CPU.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            CheckElementType<T>();
            if (!is_cpu())
            {
                throw new InvalidOperationException($"data<{typeof(T).Name}>() needs a CPU tensor, this one is on {device}; call cpu() first.");
            }

            return new TensorAccessor<T>(this);
        }

        /// <summary>The only element; T must be the element type.</summary>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException($"item() needs a tensor of one element, this one has {NumberOfElements}.");
            }

            CheckElementType<T>();
            using var local = is_cpu() ? null : cpu();
            var value = *(T*)(local ?? this).DataPointer();
            GC.KeepAlive(this);
            return value;
        }

        private static void Demand(bool holds, string message)
        {
            if (!holds)
            {
                throw new InvalidOperationException(message);
            }
        }

        private void CheckElementType<T>()
        {
            var type = dtype;
            if (ElementTypeOf(typeof(T)) != type)
            {
                throw new ArgumentException($"The tensor's elements are {type}, not {typeof(T).Name}.");
            }
        }
    }

    /// <summary>The element type that an array of this .NET type becomes.</summary>
    internal static ScalarType ElementTypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        TypeCode.Boolean => ScalarType.Bool,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ => throw new ArgumentException($"{type.Name} is no element type of tensors."),
    };
}
