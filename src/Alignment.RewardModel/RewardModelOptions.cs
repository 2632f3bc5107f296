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

    /// <summary>What is learned from.</summary>
    [Description("bradley_terry (pairs), ranking (all pairs of a prompt's ranked responses, averaged), best_of_k (softmax over a prompt's responses) or rating (a number for each response)")]
    public RewardLossKind Loss { get; init; }

    /// <summary>Data to train on.</summary>
    [InputPath]
    [Description("files to train on: pairs (prompt, chosen, rejected; optionally margin and label), or ranked or rated responses, as loss needs them")]
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Several sources of data to train on, in place of <see cref="Train"/>.</summary>
    [Description("several sources of data to train on, with weights, in place of train")]
    public MixOptions? Mix { get; init; }

    /// <summary>Held-out data of the same kind.</summary>
    [InputPath]
    [Description("files of held-out data of the same kind")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>A share of the rows to train on that is held out instead of <see cref="Eval"/>.</summary>
    [Description("share of the rows to train on that is held out, in place of eval: whole prompts and groups, the same ones whatever the seed")]
    public double? EvalFraction { get; init; }

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Weight of (r_chosen + r_rejected)² in the loss; null for none, TRL's default.</summary>
    [Description("weight of (r_chosen + r_rejected)² in the loss, which keeps rewards around 0; left out: none, 0.01 is usual")]
    public double? CenterRewardsCoefficient { get; init; }

    /// <summary>Several heads; null for one, or for those that a reward model has.</summary>
    [Description("several heads whose rewards are put together; left out: one head, or those of the reward model that is trained further")]
    public EnsembleOptions? Ensemble { get; init; }

    /// <summary>The samples on which the stored reward has mean 0 and variance 1.</summary>
    [Description("the responses on which the reward is scaled to mean 0 and variance 1")]
    public NormalizationOptions Normalization { get; init; } = new();

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer")]
    public RewardTrainingOptions Training { get; init; } = new();

    internal TrainingFiles Files => new(Train, Mix, Eval, EvalFraction);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Files.Problems())
        {
            yield return problem;
        }

        if (CenterRewardsCoefficient is { } coefficient && !(coefficient >= 0 && double.IsFinite(coefficient)))
        {
            yield return FormattableString.Invariant($"center_rewards_coefficient is {coefficient}; it must be at least 0");
        }

        if (CenterRewardsCoefficient is not null && Loss is (RewardLossKind.BestOfK or RewardLossKind.Rating))
        {
            yield return $"center_rewards_coefficient is given, which is of pairs; {(Loss == RewardLossKind.Rating ? "rating sets where rewards lie" : "best_of_k has none")}: leave it out";
        }

        if (Normalization.Prompts.Count > 0 && Normalization.MaxNewTokens >= Data.MaxLength)
        {
            yield return $"normalization.max_new_tokens is {Normalization.MaxNewTokens}, which leaves no room for a prompt in data.max_length {Data.MaxLength}; lower the one or raise the other";
        }
    }
}
