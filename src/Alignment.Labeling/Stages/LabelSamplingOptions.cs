using System.ComponentModel;
using Alignment.Core.Generation;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>How answers are drawn; the same for every model.</summary>
public sealed record LabelSamplingOptions : IValidatedOptions
{
    /// <summary>The most tokens of an answer, the stop token included.</summary>
    [Description("most tokens of an answer, the stop token included")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Divides the logits.</summary>
    [Description("divides the logits; 0 takes the most likely token, so that all samples are alike")]
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the k most likely tokens.</summary>
    [Description("keeps the k most likely tokens; 0 keeps all")]
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most likely tokens whose probability reaches this.</summary>
    [Description("keeps the smallest set of most likely tokens whose probability reaches this; 1 keeps all")]
    public double TopP { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => ToSampling().Problems();

    /// <summary>The same for the generator.</summary>
    public SamplingOptions ToSampling() => new() { MaxNewTokens = MaxNewTokens, Temperature = Temperature, TopK = TopK, TopP = TopP };
}
