using System.Runtime.InteropServices;
using System.Text;
using Alignment.Core.Models;
using MathNet.Numerics;

namespace Alignment.Cli.Bench;

/// <summary>The measurements of <see cref="ScalingBenchCommand"/> as tables, with what they come to.</summary>
internal static class ScalingReport
{
    private const string ProcessorFile = "/proc/cpuinfo"; // on Linux

    /// <summary>The file's text.</summary>
    /// <param name="shape">The model's name.</param>
    /// <param name="config">The model.</param>
    /// <param name="points">What was measured.</param>
    public static string Write(string shape, ModelConfig config, IReadOnlyList<ScalingPoint> points)
    {
        var some = points[0].Result;
        var text = new StringBuilder();
        Line($"# Time and memory over length, and over the vocabulary");
        Line($"");
        Line($"Written by `alignment bench scaling`: {shape}, {some["dtype"]}, {Processor()}, {some["threads"]} threads, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. Each line is a process of its own: the median of {some["reps"]} SFT steps after one; one DPO step after one; where the vocabulary grows, of several such processes that of the median peak.");
        Line($"");
        Line($"![Time a token and peak memory over the length of rows, and memory over the vocabulary](scaling.svg)");
        Line($"");
        Line($"## SFT: time and memory over the length of rows");
        Line($"");
        Line($"*Scores* is the part of the operations that grows with the square of the length: queries times keys and the mix of values, as causality leaves them. The rate counts them so; where it stays, the time is that of the operations.");
        Line($"");
        Line($"| T | rows | ms | µs a token | scores, % of the operations | 10⁹ operations a second | peak MB |");
        Line($"| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var point in points.Where(point => !point.IsPair))
        {
            Line($"| {point.Length} | {point.Rows} | {point.Milliseconds:0} | {point.MicrosecondsPerToken:0} | {100 * BenchShape.ScoreShare(config, point.Length):0} | {point.Rate(config):0} | {point.PeakMegabytes:0} |");
        }

        Line($"");
        Fitted(ScalingSeries.Tokens, point => point.Length, point => point.MicrosecondsPerToken, (fixedPart, slope, last) =>
            Line($"A line through the µs a token of the steps with as many tokens: {fixedPart:0} + {1e3 * slope:0} · T / 1000. At T = {last.Length} the part that grows with T is {100 * slope * last.Length / (fixedPart + (slope * last.Length)):0} % of the time; of the operations scores are {100 * BenchShape.ScoreShare(config, last.Length):0} %."));
        Fitted(ScalingSeries.Row, point => point.Length, point => point.PeakMegabytes, (_, slope, _) =>
            Line($"Peak memory of one row grows by {slope:0.00} MB a token, without a square."));
        Line($"");
        Line($"## DPO: memory over prompt, completions and vocabulary");
        Line($"");
        Line($"One pair. *A dense array* is what one float32 array [2, T, V] of logits would take alone; a backward pass over dense logits holds two or more.");
        Line($"");
        Line($"| grows | prompt | completion | V | supervised tokens | peak MB | less weights, gradients, moments | estimated MB | a dense array, MB |");
        Line($"| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var point in points.Where(point => point.IsPair))
        {
            Line($"| {point.Series.ToString().ToLowerInvariant()} | {point.Prompt} | {point.Length - point.Prompt} | {point.Vocabulary} | {point.Supervised} | {point.PeakMegabytes:0} | {point.MegabytesBesidesState:0} | {point.EstimatedMegabytes:0} | {point.DenseLogitMegabytes:0} |");
        }

        Line($"");
        Fitted(ScalingSeries.Prompt, point => point.Prompt, point => point.PeakMegabytes, (_, slope, last) =>
            Line($"A token of the prompt, which both rows share, costs {slope:0.00} MB: the layers' activations. In a dense array it would cost {2.0 * last.Vocabulary * sizeof(float) / (1 << 20):0.00} MB more."));
        Fitted(ScalingSeries.Completion, point => point.Supervised, point => point.PeakMegabytes, (_, slope, _) =>
            Line($"A supervised token costs {slope:0.00} MB: activations, and logits until their bound is reached."));
        Fitted(ScalingSeries.Vocabulary, point => point.Vocabulary / 1e3, point => point.MegabytesBesidesState, (_, slope, last) =>
            Line($"A thousand tokens more in the vocabulary cost {slope:0.0} MB besides the weights, gradients and moments of their vectors; a dense array {2.0 * last.Length * 1e3 * sizeof(float) / (1 << 20):0.0}."));
        return text.ToString();

        void Fitted(ScalingSeries series, Func<ScalingPoint, double> x, Func<ScalingPoint, double> y, Action<double, double, ScalingPoint> tell)
        {
            var all = points.Where(point => point.Series == series).ToList();
            if (all.Count > 1)
            {
                var (intercept, slope) = Fit.Line([.. all.Select(x)], [.. all.Select(y)]);
                tell(intercept, slope, all[^1]);
            }
        }

        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
    }

    private static string Processor() =>
        File.Exists(ProcessorFile) && File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
