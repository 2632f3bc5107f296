using System.ComponentModel;
using Alignment.Data.Loading;
using Alignment.Training.Options;

namespace Alignment.RewardModel;

/// <summary>Everything that changes the result of a run.</summary>
public sealed record RewardModelOptions : IValidatedOptions
{
    /// <summary>The model that gets a score head, or a reward model that is trained further.</summary>
    [InputPath]
    [Description("folder of the model that gets a score head (usually the SFT model), or of a reward model to go on training; or stage:NAME")]
    public required string Model { get; init; }

    /// <summary>Pairs to train on.</summary>
    [InputPath]
    [Description("files of pairs to train on: prompt, chosen, rejected; optionally margin and label")]
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Held-out pairs.</summary>
    [InputPath]
    [Description("files of held-out pairs")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Weight of (r_chosen + r_rejected)² in the loss; null for none, TRL's default.</summary>
    [Description("weight of (r_chosen + r_rejected)² in the loss, which keeps rewards around 0; left out: none, 0.01 is usual")]
    public double? CenterRewardsCoefficient { get; init; }

    /// <summary>The samples on which the stored reward has mean 0 and variance 1.</summary>
    [Description("the responses on which the reward is scaled to mean 0 and variance 1")]
    public NormalizationOptions Normalization { get; init; } = new();

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer")]
    public RewardTrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Train.Count == 0)
        {
            yield return "train is empty; name at least one file";
        }

        if (CenterRewardsCoefficient is { } coefficient && !(coefficient >= 0 && double.IsFinite(coefficient)))
        {
            yield return FormattableString.Invariant($"center_rewards_coefficient is {coefficient}; it must be at least 0");
        }

        if (Normalization.Prompts.Count > 0 && Normalization.MaxNewTokens >= Data.MaxLength)
        {
            yield return $"normalization.max_new_tokens is {Normalization.MaxNewTokens}, which leaves no room for a prompt in data.max_length {Data.MaxLength}; lower the one or raise the other";
        }
    }
}
