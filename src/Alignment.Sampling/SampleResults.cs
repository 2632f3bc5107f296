using System.Text.Json;
using System.Text.Json.Serialization;
using Alignment.Core.Numerics;
using Alignment.Training.Statistics;

namespace Alignment.Sampling;

/// <summary>The best of n: <c>best_of_n</c> of <c>results.json</c>.</summary>
/// <param name="N">n.</param>
/// <param name="Reward">Mean score of the best of n responses, with its interval over prompts.</param>
/// <param name="KlBound">log n − (n − 1) / n, in nats.</param>
internal sealed record BestOfNResult(int N, Interval Reward, double KlBound);

/// <summary>What the sampling found out: <c>results.json</c>.</summary>
/// <param name="Prompts">Prompts that were responded to.</param>
/// <param name="Samples">Responses to each.</param>
/// <param name="EosRate">Share of responses that ended by a stop token.</param>
/// <param name="Length">Mean tokens of a response, the stop token included.</param>
/// <param name="Distinct">Mean over prompts of the share of responses that differ from all others before them.</param>
/// <param name="BestOfN">By n; null without scores.</param>
/// <param name="Files">Rows of each file that was written.</param>
internal sealed record SampleResults(
    int Prompts, int Samples, double EosRate, double Length, double Distinct, IReadOnlyList<BestOfNResult>? BestOfN, IReadOnlyDictionary<string, int> Files)
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "results.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Puts the numbers together.</summary>
    /// <param name="groups">Prompts with their responses.</param>
    /// <param name="files">Rows of each file.</param>
    /// <param name="seed">The stage's.</param>
    public static SampleResults Of(IReadOnlyList<SampleGroup> groups, IReadOnlyDictionary<string, int> files, long seed)
    {
        var samples = groups[0].Responses.Count;
        var resampling = Seeds.Derive(seed, "bootstrap");
        SampledResponse[] all = [.. groups.SelectMany(group => group.Responses)];
        return new(
            groups.Count,
            samples,
            all.Average(response => response.Ended ? 1.0 : 0),
            all.Average(response => (double)response.Length),
            groups.Average(group => (double)group.Responses.DistinctBy(response => response.Text).Count() / samples),
            all[0].Score is null ? null : [.. Sampling.BestOfN.Reported(samples).Select(n => new BestOfNResult(
                n, Bootstrap.Mean([.. groups.Select(group => Sampling.BestOfN.Mean([.. group.Responses.Select(response => response.Score!.Value)], n))], resampling), Sampling.BestOfN.KlBound(n)))],
            files);
    }

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";
}
