using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Core.Memory;
using Alignment.Core.Numerics;
using TorchSharp;

namespace Alignment.Cli.Bench;

/// <summary>Repeats a workload's step and says what it took, with the fields of the baseline scripts.</summary>
internal static class BenchRunner
{
    /// <summary>Measures. The rate of a square matrix product is taken before each step, so that a busy machine slows both.</summary>
    /// <param name="workload">What is repeated.</param>
    /// <param name="options">How often.</param>
    public static JsonObject Measure(BenchWorkload workload, BenchOptions options)
    {
        for (var i = 0; i < options.Warmup; i++)
        {
            Prefill(workload, options.Device);
            Step(workload, options.Device);
        }

        var peak = 0.0;
        var (times, prefills, costs, calls) = (new List<double>(), new List<double>(), new List<ProcessCounters>(), new List<long>());
        using var counted = new NativeCalls();
        for (var i = 0; i < options.Repetitions; i++)
        {
            peak = Math.Max(peak, MachineLimits.MatrixRate(options.Type, options.Device));
            prefills.Add(Prefill(workload, options.Device));
            var (before, callsBefore) = (ProcessCounters.Now(), counted.Count());
            var start = Stopwatch.GetTimestamp();
            Step(workload, options.Device);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            calls.Add(counted.Count() - callsBefore);
            costs.Add(ProcessCounters.Now() - before);
        }

        var median = Median(times);
        var result = new JsonObject
        {
            ["workload"] = workload.Name,
            ["ms_median"] = Math.Round(1e3 * median, 1),
            ["tokens_per_s"] = Math.Round(workload.Tokens / median, 1),
            ["peak_rss_mb"] = ProcessMemory.Peak() >> 20,
            ["mfu"] = Math.Round(workload.Flops / median / peak, 3),
            ["ms_min"] = Math.Round(1e3 * times.Min(), 1),
            ["ms_max"] = Math.Round(1e3 * times.Max(), 1),
            ["cpu_s_median"] = Math.Round(Median(costs.Select(cost => cost.CpuSeconds)), 3),
            ["sys_s_median"] = Math.Round(Median(costs.Select(cost => cost.SystemSeconds)), 3),
            ["minor_faults_median"] = (long)Median(costs.Select(cost => (double)cost.MinorFaults)),
            ["managed_bytes_median"] = (long)Median(costs.Select(cost => (double)cost.AllocatedBytes)),
            ["native_calls_median"] = (long)Median(calls.Select(count => (double)count)),
            ["gflops"] = Math.Round(workload.Flops / median / 1e9, 1),
            ["gemm_peak_gflops"] = Math.Round(peak / 1e9, 1),
            ["step_gflop"] = Math.Round(workload.Flops / 1e9, 1),
            ["tokens"] = workload.Tokens,
            ["dtype"] = options.TypeName,
            ["peak_dtype"] = options.TypeName,
            ["device"] = options.Device.ToString(),
            ["threads"] = torch.get_num_threads(),
            ["reps"] = times.Count,
        };
        if (workload.Decoding is { } decoding)
        {
            var seconds = median - Median(prefills);
            result["prefill_ms_median"] = Math.Round(1e3 * Median(prefills), 1);
            result["decode_tokens_per_s"] = seconds > 0 ? Math.Round(decoding.Tokens / seconds, 1) : null;
        }

        if (workload.Memory is { } memory)
        {
            result["trained_parameters"] = memory.TrainedParameters;
            result["estimated_mb"] = memory.Total >> 20;
        }

        return result;
    }

    private static void Step(BenchWorkload workload, torch.Device device)
    {
        workload.Step();
        Devices.Finish(device);
    }

    // Its time in seconds; 0 where there is none. It is not part of the step, nor of its profile.
    private static double Prefill(BenchWorkload workload, torch.Device device)
    {
        var isRecording = StepPhases.Recording;
        StepPhases.Recording = false;
        var start = Stopwatch.GetTimestamp();
        workload.Decoding?.Prefill();
        Devices.Finish(device);
        StepPhases.Recording = isRecording;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
