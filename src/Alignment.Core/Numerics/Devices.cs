using System.Globalization;
using TorchSharp;

namespace Alignment.Core.Numerics;

/// <summary>Devices by the names that options use.</summary>
public static class Devices
{
    /// <summary>"auto" (the first CUDA device where there is one, else the CPU), "cpu", "cuda" or "cuda:1".</summary>
    /// <exception cref="InvalidDataException">There is no such name, or this machine has no such device.</exception>
    public static torch.Device Parse(string name) => Parse(name, torch.cuda.is_available() ? torch.cuda.device_count() : 0);

    internal static torch.Device Parse(string name, int cudaDevices)
    {
        ArgumentNullException.ThrowIfNull(name);
        var wanted = name.Trim().ToLowerInvariant();
        if (wanted == "cpu" || (wanted == "auto" && cudaDevices == 0))
        {
            return new torch.Device(DeviceType.CPU);
        }

        if (wanted == "auto")
        {
            return new torch.Device(DeviceType.CUDA, 0);
        }

        var parts = wanted.Split(':');
        var index = 0;
        var isCuda = parts[0] == "cuda" && parts.Length <= 2
            && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        if (!isCuda)
        {
            throw new InvalidDataException($"The device '{name}' is unknown; give auto, cpu, cuda or cuda:N.");
        }

        if (cudaDevices == 0)
        {
            throw new InvalidDataException($"The device '{name}' is asked for, but this libtorch finds no CUDA device; give cpu or auto, or a libtorch with CUDA (LIBTORCH, or TorchDevice=cuda-linux).");
        }

        return index < cudaDevices
            ? new torch.Device(DeviceType.CUDA, index)
            : throw new InvalidDataException($"The device '{name}' is asked for, but the last one here is cuda:{cudaDevices - 1}.");
    }
}
