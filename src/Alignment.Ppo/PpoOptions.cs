using System.ComponentModel;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Rollouts;

namespace Alignment.Ppo;

/// <summary>Everything that changes the result of a run. Names and defaults are TRL's where it has one; docs/algorithms/ppo.md compares them.</summary>
public sealed record PpoOptions : RolloutOptions
{
    /// <summary>What the value model starts as; null: the reward model where there is one.</summary>
    [Description("reward_model or policy: what the value model starts as; reward_model where there is one")]
    public ValueSource? ValueFrom { get; init; }

    /// <summary>Passes over the responses of a step.</summary>
    [Description("passes over the responses of a step")]
    public int PpoEpochs { get; init; } = 4;

    /// <summary>Updates per pass.</summary>
    [Description("updates per pass over the responses of a step")]
    public int MiniBatches { get; init; } = 1;

    /// <summary>β, at the start where <see cref="AdaptiveKl"/> is given.</summary>
    [Description("coefficient of the KL penalty; the first one where adaptive_kl is given")]
    public double KlCoef { get; init; } = 0.05;

    /// <summary>Which estimator the penalty takes.</summary>
    [Description("k1 (log ratio), k2 (half its square), k3 (unbiased and never negative), abs, or full (the divergence over the whole vocabulary at each token)")]
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K1;

    /// <summary>The controller of the coefficient; null keeps it fixed.</summary>
    [Description("controller of the coefficient; when left out the coefficient is fixed")]
    public AdaptiveKlOptions? AdaptiveKl { get; init; }

    /// <summary>Stops the run when the mean KL of a step is above it; null never does.</summary>
    [Description("stops the run when the mean KL of a step's responses, in nats, is above it")]
    public double? KlCeiling { get; init; }

    /// <summary>γ of the returns.</summary>
    [Description("discount of the returns")]
    public double Gamma { get; init; } = 1;

    /// <summary>λ of the advantage estimate.</summary>
    [Description("lambda of the generalized advantage estimate")]
    public double Lambda { get; init; } = 0.95;

    /// <summary>ε of the policy's ratio.</summary>
    [Description("how far the policy's ratio may go from 1 before it is clipped")]
    public double Cliprange { get; init; } = 0.2;

    /// <summary>ε of the values.</summary>
    [Description("how far a value may go from its old one before it is clipped")]
    public double CliprangeValue { get; init; } = 0.2;

    /// <summary>Factor on the value loss.</summary>
    [Description("factor on the value loss")]
    public double VfCoef { get; init; } = 0.1;

    /// <summary>Stops the run when the mean ratio of an update is above it.</summary>
    [Description("stops the run when the mean ratio of an update is above it; 0 turns it off")]
    public double RatioThreshold { get; init; } = 10;

    /// <summary>What happens then.</summary>
    [Description("stop the run there, or skip that update and go on")]
    public RatioAction RatioAction { get; init; } = RatioAction.Stop;

    /// <summary>Ends the passes of a step; null never does.</summary>
    [Description("ends the passes over a step's responses before an update whose approximate KL from the rollouts' policy is above 1.5 times this")]
    public double? TargetKl { get; init; }

    /// <summary>c of the dual clip; null: none.</summary>
    [Description("bound of the policy loss where the advantage is negative, as a multiple of it (dual-clip PPO; 3 is usual); none when left out")]
    public double? DualClip { get; init; }

    /// <summary>Steps in which only the value model learns.</summary>
    [Description("first steps in which only the value model learns")]
    public int PolicyFreezeSteps { get; init; }

    /// <summary>Scores by their running moments.</summary>
    [Description("divide scores by their running deviation (scale), take off their running mean too (normalize), or neither; before reward_clip")]
    public ScoreScaling ScoreScaling { get; init; } = ScoreScaling.None;

    /// <summary>Whether token rewards get variance 1 (their mean stays).</summary>
    [Description("scale the token rewards of a step to variance 1, keeping their mean")]
    public bool WhitenRewards { get; init; }

    /// <summary>Where the score is paid.</summary>
    [Description("last_token, or after_last_token as in TRL")]
    public ScorePlacement ScorePlacement { get; init; } = ScorePlacement.LastToken;

    /// <summary>PPO-ptx; null mixes nothing in.</summary>
    [Description("rows of earlier training that every update mixes in (PPO-ptx)")]
    public PretrainingOptions? Pretraining { get; init; }

    /// <summary>Steps, batches, optimizers.</summary>
    [Description("steps, batches, optimizers; batch_size is the responses in memory at once")]
    public PpoTrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override void Look()
    {
        base.Look();
        if (Pretraining is { } mixed)
        {
            FirstRows.Look(mixed.Train, RowTypes.Supervised, mixed.Data.OnError);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        (bool Broken, FormattableString Text)[] rules =
        [
            (ValueFrom == ValueSource.RewardModel && RewardModel.Count == 0, $"value_from is reward_model, but there is no reward_model; use policy"),
            (MiniBatches < 1, $"mini_batches is {MiniBatches}; it must be at least 1"),
            (MiniBatches >= 1 && RolloutBatchSize % MiniBatches != 0, $"rollout_batch_size is {RolloutBatchSize}, which mini_batches {MiniBatches} does not divide; change one"),
            (PpoEpochs < 1, $"ppo_epochs is {PpoEpochs}; it must be at least 1"),
            (!(KlCoef >= 0), $"kl_coef is {KlCoef}; it must be at least 0"),
            (AdaptiveKl is not null && KlCoef == 0, $"kl_coef is 0, which adaptive_kl cannot change; give a number above 0"),
            (KlCeiling is { } ceiling && !(ceiling > 0), $"kl_ceiling is {KlCeiling}; it must be above 0"),
            (Gamma is not (>= 0 and <= 1), $"gamma is {Gamma}; it must be from 0 to 1"),
            (Lambda is not (>= 0 and <= 1), $"lambda is {Lambda}; it must be from 0 to 1"),
            (!(Cliprange > 0), $"cliprange is {Cliprange}; it must be above 0"),
            (!(CliprangeValue > 0), $"cliprange_value is {CliprangeValue}; it must be above 0"),
            (TargetKl is { } target && !(target > 0), $"target_kl is {TargetKl}; it must be above 0"),
            (DualClip is { } dual && !(dual > 1), $"dual_clip is {DualClip}; it must be above 1"),
            (PolicyFreezeSteps < 0, $"policy_freeze_steps is {PolicyFreezeSteps}; it must be at least 0"),
            (!(VfCoef > 0), $"vf_coef is {VfCoef}; it must be above 0"),
            (RatioThreshold != 0 && !(RatioThreshold > 1), $"ratio_threshold is {RatioThreshold}; it must be above 1, or 0 for none"),
        ];
        return base.Problems().Concat(LoopProblems(Training)).Concat(rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text)));
    }
}
