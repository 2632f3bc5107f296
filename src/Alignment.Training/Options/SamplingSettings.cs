using System.ComponentModel;
using Alignment.Core.Generation;

namespace Alignment.Training.Options;

/// <summary>How responses are drawn where they may be drawn in any way: to be measured, or to choose from.</summary>
public sealed record SamplingSettings : IValidatedOptions
{
    /// <summary>The most tokens of a response, the stop token included.</summary>
    [Description("most tokens of a response, the stop token included")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Divides the logits; 0 takes the most likely token.</summary>
    [Description("divides the logits; 0 takes the most likely token; 1 samples from the model's own distribution")]
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the k most likely tokens.</summary>
    [Description("keeps the k most likely tokens; 0 keeps all")]
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most likely tokens whose probability reaches this.</summary>
    [Description("keeps the smallest set of most likely tokens whose probability reaches this; 1 keeps all")]
    public double TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this share as likely as the most likely one.</summary>
    [Description("keeps tokens at least this share as likely as the most likely one; 0 keeps all")]
    public double MinP { get; init; }

    /// <summary>Makes tokens that are already there less likely.</summary>
    [Description("makes tokens that are already there less likely; 1 does nothing")]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The temperature at which log-probabilities are compared: the sampling's, or 1 where the most likely token is taken.</summary>
    public double ScoringTemperature => Temperature > 0 ? Temperature : 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => ToSampling([]).Problems();

    /// <summary>The same for the generator.</summary>
    /// <param name="stopIds">What ends a response of the model.</param>
    /// <returns>Sampling options.</returns>
    public SamplingOptions ToSampling(IReadOnlyList<int> stopIds) => new()
    {
        MaxNewTokens = MaxNewTokens,
        Temperature = Temperature,
        TopK = TopK,
        TopP = TopP,
        MinP = MinP,
        RepetitionPenalty = RepetitionPenalty,
        StopIds = stopIds,
    };
}
