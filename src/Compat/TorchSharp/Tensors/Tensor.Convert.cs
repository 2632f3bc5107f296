namespace TorchSharp;

public static partial class torch
{
    /// <content>Copies and conversions.</content>
    public partial class Tensor
    {
        private static readonly Op CloneOp = Op.Find("clone");
        private static readonly Op DetachOp = Op.Find("detach");
        private static readonly Op PinMemoryOp = Op.Find("pin_memory");
        private static readonly Op ToDtypeLayoutOp = Op.Find("to", "dtype_layout");

        public Tensor clone() => CloneOp.Call(this);

        public Tensor detach() => DetachOp.Call(this);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(type, null, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(null, device, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(null, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Move(other.dtype, other.device, false, false, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(type, null, copy, disposeAfter, non_blocking);

        /// <summary>The tensor itself where a GPU can read its memory while the program runs on, else a copy that is so; needs a CUDA device.</summary>
        public Tensor pin_memory() => PinMemoryOp.Call(this, Arg.None);

        public Tensor cpu() => Move(null, CPU, false, false, false);

        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool nonBlocking) => ToDtypeLayoutOp.Call(this, type, Arg.None, device, Arg.None, nonBlocking, copy);

        private Tensor Move(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            var moved = Convert(type, device, copy, nonBlocking);
            if (disposeAfter)
            {
                Dispose();
            }

            return moved;
        }
    }
}
