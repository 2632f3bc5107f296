using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>Devices by the names that options use, and the way to them.</summary>
public static class Devices
{
    /// <summary>"auto" (the first CUDA device where there is one, else the CPU), "cpu", "cuda" or "cuda:1".</summary>
    /// <exception cref="InvalidDataException">There is no such name, or this machine has no such device.</exception>
    public static Device Parse(string name) => Parse(name, cuda.is_available() ? cuda.device_count() : 0);

    /// <summary>
    /// A tensor of the host's on a device, without waiting: a GPU reads it from pinned memory while the host goes on. Where the device is the CPU it is the tensor itself.
    /// <c>tensor(values, device: gpu)</c> would stop until all work that the GPU was given before is done.
    /// </summary>
    /// <param name="host">On the CPU; one that is on the device already stays as it is.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The same numbers on the device; belongs to the caller's dispose scope.</returns>
    public static Tensor SentTo(this Tensor host, Device device)
    {
        if (device.type == DeviceType.CPU || host.device_type != DeviceType.CPU)
        {
            return host;
        }

        using var pinned = device.type == DeviceType.CUDA ? host.pin_memory() : null;
        return (pinned ?? host).to(device, non_blocking: true);
    }

    /// <summary>Several lists of whole numbers on a device, sent together.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="lists">The numbers.</param>
    /// <returns>A tensor [n] Int64 for each list; they belong to the caller's dispose scope.</returns>
    public static Tensor[] Send(Device device, params long[][] lists)
    {
        if (device.type == DeviceType.CPU)
        {
            return Array.ConvertAll(lists, list => tensor(list));
        }

        using var scope = NewDisposeScope();
        var sent = tensor([.. lists.SelectMany(list => list)], ScalarType.Int64).SentTo(device);
        return [.. sent.split(Array.ConvertAll(lists, list => list.LongLength)).Select(part => part.MoveToOuterDisposeScope())];
    }

    /// <summary>Waits until a GPU has done all that it was given; at once on the CPU.</summary>
    /// <param name="device">Which.</param>
    public static void Finish(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }

    internal static Device Parse(string name, int cudaDevices)
    {
        ArgumentNullException.ThrowIfNull(name);
        var wanted = name.Trim().ToLowerInvariant();
        if (wanted == "cpu" || (wanted == "auto" && cudaDevices == 0))
        {
            return new Device(DeviceType.CPU);
        }

        if (wanted == "auto")
        {
            return new Device(DeviceType.CUDA, 0);
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
            ? new Device(DeviceType.CUDA, index)
            : throw new InvalidDataException($"The device '{name}' is asked for, but the last one here is cuda:{cudaDevices - 1}.");
    }
}
