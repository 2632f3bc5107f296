using System.Globalization;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Alignment.Core.Numerics;

/// <summary>
/// Prepares the process for libtorch. The environment as it is found can cost 2.5 to 4 times in fp32: a BLAS core type that the
/// shell pins, half of the cores, two thread pools that fight, memory that is given back and faulted in for every large tensor.
/// </summary>
public static class TorchRuntime
{
    private const int TopPad = 256 << 20;

    private static readonly Lock Gate = new();
    private static IReadOnlyList<RuntimeSetting>? _report;

    /// <summary>Must come before the first use of torch. A second call changes nothing and returns the first one's report.</summary>
    /// <remarks>
    /// glibc maps large tensors of other threads afresh whatever it is told, so train and generate on the process's main thread where the binding
    /// keeps no memory for them (the TorchSharp package): a fresh 256 MB result was written at 35 to 39 GB/s there, at 11 on a pool thread, at 6
    /// without the tuning.
    /// </remarks>
    /// <returns>What was found, what was set, and why.</returns>
    /// <exception cref="InvalidDataException">An option has a value that does not exist.</exception>
    public static IReadOnlyList<RuntimeSetting> Initialize(RuntimeOptions? options = null)
    {
        lock (Gate)
        {
            return _report ??= Apply(options ?? RuntimeOptions.FromEnvironment());
        }
    }

    private static List<RuntimeSetting> Apply(RuntimeOptions options)
    {
        if (!options.Tune)
        {
            return [new RuntimeSetting("ALIGNMENT_TUNE", null, "0", "nothing was changed, as asked")];
        }

        var report = new List<RuntimeSetting>();
        var plan = new RuntimePlan(options, Environment.GetEnvironmentVariable, RealCores.Count());
        if (OperatingSystem.IsLinux())
        {
            var isLate = IsTorchLoaded();
            report.AddRange(SetVariables(plan, isLate));
            if (!isLate)
            {
                report.AddRange(BlasLibrary.Prepare(options));
            }

            report.AddRange(SetAllocator(options));
        }

        var before = torch.get_num_threads();
        if (plan.Threads(out var source) is { } threads)
        {
            torch.set_num_threads(threads);
        }

        report.Add(new RuntimeSetting("torch.set_num_threads", Text(before), Text(torch.get_num_threads()), source));
        return report;
    }

    private static IEnumerable<RuntimeSetting> SetVariables(RuntimePlan plan, bool isLate)
    {
        foreach (var setting in plan.Variables(Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported, Avx2.IsSupported))
        {
            if (isLate)
            {
                yield return setting with { Value = setting.Found, Why = "libtorch was loaded already: call TorchRuntime.Initialize before any use of torch" };
                continue;
            }

            if (setting.Value != setting.Found)
            {
                Libc.SetVariable(setting.Name, setting.Value);
            }

            yield return setting;
        }
    }

    private static IEnumerable<RuntimeSetting> SetAllocator(RuntimeOptions options)
    {
        if (!options.TuneAllocator)
        {
            yield return new RuntimeSetting("mallopt", null, null, "left alone, as asked by ALIGNMENT_ALLOCATOR=0");
            yield break;
        }

        (string Name, int Parameter, int Value, string Why)[] settings =
        [
            ("M_MMAP_MAX", Libc.MMmapMax, 0, "what is large comes from the heap, whose pages stay"),
            ("M_TRIM_THRESHOLD", Libc.MTrimThreshold, -1, "freed memory is kept for what comes next"),
            ("M_TOP_PAD", Libc.MTopPad, TopPad, "the heap grows by 256 MiB at a time"),
        ];
        foreach (var (name, parameter, value, why) in settings)
        {
            yield return Libc.TuneAllocator(parameter, value)
                ? new RuntimeSetting(name, null, Text(value), why)
                : new RuntimeSetting(name, null, null, "this C library's allocator has no such setting");
        }
    }

    private static bool IsTorchLoaded() =>
        File.Exists("/proc/self/maps") && File.ReadLines("/proc/self/maps").Any(line => line.Contains("libtorch_cpu", StringComparison.Ordinal));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
