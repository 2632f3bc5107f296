using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// What the process gets out of this machine. Two pairs tell whether <see cref="TorchRuntime"/>'s tuning took: a matrix product alone and right
/// after an elementwise operator (thread pools that fight), and an addition into memory that exists and into a fresh tensor (page faults).
/// </summary>
public static class MachineLimits
{
    // M x N x K: a square, then a small Llama's projection, MLP and decoding step (512 wide, 16 rows).
    private static readonly (string Name, long M, long N, long K)[] Shapes =
    [
        ("square 2048", 2048, 2048, 2048),
        ("projection 2048x512x512", 2048, 512, 512),
        ("MLP 2048x1408x512", 2048, 1408, 512),
        ("decode 16x512x512", 16, 512, 512),
    ];

    private const long FreshElements = 64 << 20;

    /// <summary>Measures matrix products in float32 and bfloat16 and the write rate.</summary>
    /// <param name="seconds">How long each rate is repeated; the best repetition counts.</param>
    /// <param name="elements">The size of the tensors whose sum is written, in float32 elements.</param>
    public static IReadOnlyList<MachineLimit> Measure(double seconds = 0.3, long elements = FreshElements)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elements);
        using var gradless = no_grad();
        var limits = new List<MachineLimit>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (var (name, m, n, k) in Shapes)
            {
                var label = $"{(type == ScalarType.Float32 ? "float32" : "bfloat16")} {name}";
                limits.Add(Product(label, type, (m, n, k), afterElementwise: false, seconds));
                limits.Add(Product($"{label} after an elementwise op", type, (m, n, k), afterElementwise: true, seconds));
            }
        }

        limits.AddRange(WriteRates(elements, seconds));
        return limits;
    }

    /// <summary>The rate of a square product, the best of three: what a step's rate is set against. Of 2048, on a GPU of 8192, behind which starting it and waiting for it are not seen.</summary>
    /// <param name="type">Float32 or BFloat16.</param>
    /// <param name="device">Null = the CPU.</param>
    /// <returns>Floating point operations a second.</returns>
    public static double MatrixRate(ScalarType type, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var gradless = no_grad();
        device ??= CPU;
        var size = device.type == DeviceType.CPU ? 2048L : 8192;
        var (left, right) = (randn(size, size, device: device).to(type), randn(size, size, device: device).to(type));
        return 2.0 * size * size * size / Best(0, () => { }, () =>
        {
            left.mm(right).Dispose();
            Devices.Finish(device);
        });
    }

    private static MachineLimit Product(string name, ScalarType type, (long M, long N, long K) shape, bool afterElementwise, double seconds)
    {
        using var scope = NewDisposeScope();
        var left = ones(shape.M, shape.K, dtype: type);
        var right = ones(shape.K, shape.N, dtype: type);
        var other = ones(1 << 20);
        var best = Best(
            seconds,
            () =>
            {
                if (afterElementwise)
                {
                    other.add_(1);
                }
            },
            () => left.mm(right).Dispose());
        return new MachineLimit(name, 2.0 * shape.M * shape.N * shape.K / best / 1e9, "GFLOP/s");
    }

    private static IEnumerable<MachineLimit> WriteRates(long elements, double seconds)
    {
        using var scope = NewDisposeScope();
        var left = ones(elements);
        var right = ones(elements);
        var gigabytes = 3 * sizeof(float) * elements / 1e9; // two read, one written
        var inPlace = Best(seconds, () => { }, () => left.add_(right));
        var fresh = Best(seconds, () => { }, () => left.add(right).Dispose());
        return
        [
            new MachineLimit("addition in place", gigabytes / inPlace, "GB/s"),
            new MachineLimit("addition into a fresh tensor", gigabytes / fresh, "GB/s"),
        ];
    }

    // The best time of one call, in seconds.
    private static double Best(double seconds, Action before, Action body)
    {
        before();
        body();
        var best = double.PositiveInfinity;
        var all = Stopwatch.StartNew();
        for (var repetition = 0; repetition < 3 || all.Elapsed.TotalSeconds < seconds; repetition++)
        {
            before();
            var start = Stopwatch.GetTimestamp();
            body();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
