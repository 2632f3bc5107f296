using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.RewardModel;

/// <summary>On which responses the reward is scaled to mean 0 and variance 1 after training.</summary>
public sealed record NormalizationOptions : IValidatedOptions
{
    /// <summary>Prompts to sample responses to; none takes the responses of the training pairs.</summary>
    [InputPath]
    [Description("files of prompts to sample responses to; left out, the responses of the training pairs count")]
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>The language model that responds; null takes the stage's <c>model</c>.</summary>
    [InputPath]
    [Description("folder of the language model that responds, or stage:NAME; the stage's model when left out")]
    public string? Model { get; init; }

    /// <summary>How many responses; the prompts take turns.</summary>
    [Description("how many responses are sampled; the prompts take turns")]
    public int Samples { get; init; } = 256;

    /// <summary>The most tokens of a response.</summary>
    [Description("most tokens of a response")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Divides the logits.</summary>
    [Description("sampling temperature; 1 samples from the model's own distribution")]
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Samples < 2)
        {
            yield return $"samples is {Samples}; a variance needs at least 2";
        }

        if (MaxNewTokens < 1)
        {
            yield return $"max_new_tokens is {MaxNewTokens}; it must be at least 1";
        }

        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
        {
            yield return FormattableString.Invariant($"temperature is {Temperature}; it must be 0 (greedy) or above");
        }

        if (Model is not null && Prompts.Count == 0)
        {
            yield return "model is given, but prompts names no file; add prompts or remove it";
        }
    }
}
