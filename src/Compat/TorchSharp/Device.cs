namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);
    private static Device s_defaultDevice = CPU;

    /// <summary>Where tensors live: a kind of device and, but for -1, which one.</summary>
    public class Device
    {
        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            index = parts.Length == 1 ? DefaultIndex(type) : int.Parse(parts[1]);
        }

        public Device(string deviceType, int index = -1)
        {
            type = Parse(deviceType);
            this.index = index == -1 ? DefaultIndex(type) : index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index == -1 ? DefaultIndex(type) : index;
        }

        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public DeviceType type { get; }

        public int index { get; }

        internal long Packed => (long)((uint)type | ((uint)(byte)(type is DeviceType.CPU or DeviceType.META ? -1 : index) << 8));

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => type is DeviceType.CPU or DeviceType.META ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static DeviceType Parse(string name) =>
            Enum.TryParse<DeviceType>(name, ignoreCase: true, out var parsed) ? parsed : throw new ArgumentException($"'{name}' is no device type; cpu, cuda or mps are.", nameof(name));

        private static int DefaultIndex(DeviceType type) => type is DeviceType.CPU or DeviceType.META ? -1 : 0;
    }

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(int index) => InitializeDevice(new Device(index));

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType is DeviceType.CPU or DeviceType.META || DeviceCount(deviceType) > 0;

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw NoDevice(deviceType);
        }
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static Device get_default_device() => s_defaultDevice;

    internal static unsafe int DeviceCount(DeviceType type)
    {
        int count;
        Native.Check(Native.at_device_count((int)type, &count));
        return count;
    }

    private static InvalidOperationException NoDevice(DeviceType type) => new($"Torch device type {type} did not initialise on the current machine.");
}
