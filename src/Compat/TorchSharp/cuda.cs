namespace TorchSharp;

public static partial class torch
{
    /// <summary>The CUDA devices that libtorch sees.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => DeviceCount(DeviceType.CUDA);

        /// <summary>Waits until a device, the first where none is named, has done all that it was given.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.at_cuda_synchronize(device?.index ?? 0));
    }
}
