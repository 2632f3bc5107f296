namespace TorchSharp;

public static partial class torch
{
    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>The CUDA devices that libtorch sees.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => DeviceCount(DeviceType.CUDA);

        public static void manual_seed(long seed) => manual_seed_all(seed);

        public static void manual_seed_all(long seed)
        {
            for (var k = 0; k < device_count(); k++)
            {
                using var generator = Generator.DefaultOf(new Device(k));
                generator.manual_seed(seed);
            }
        }

        public static void synchronize(Device? device = null) => Native.Check(Native.at_synchronize((device ?? new Device(DeviceType.CUDA)).Packed));
    }
}
