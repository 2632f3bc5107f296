namespace TorchSharp;

public static partial class torch
{
    /// <summary>The CUDA devices that libtorch sees.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => DeviceCount(DeviceType.CUDA);
    }
}
