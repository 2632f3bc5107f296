using System.ComponentModel;
using Alignment.Objectives;
using Alignment.Rollouts;

namespace Alignment.Grpo;

/// <summary>Everything that changes the result of a run. Names and defaults are TRL's where it has one; docs/algorithms/grpo.md compares them.</summary>
public sealed record GrpoOptions : RolloutOptions
{
    /// <summary>TRL's lengths and temperature.</summary>
    public GrpoOptions()
    {
        MaxNewTokens = 512;
        Temperature = 1;
    }

    /// <summary>G.</summary>
    [Description("responses sampled for each prompt; rollout_batch_size is of all responses")]
    public int NumGenerations { get; init; } = 8;

    /// <summary>The form of the loss.</summary>
    [Description("form of the policy's loss")]
    public PolicyLossKind LossType { get; init; } = PolicyLossKind.Dapo;

    /// <summary>What a score is compared with.</summary>
    [Description("what a response's score is compared with")]
    public AdvantageKind Advantages { get; init; } = AdvantageKind.Group;

    /// <summary>What advantages are divided by; null: group for <see cref="AdvantageKind.Group"/>, none for the others.</summary>
    [Description("deviation that advantages are divided by: that of the group, of the batch, or none; group when advantages is group, else none")]
    public AdvantageScale? ScaleRewards { get; init; }

    /// <summary>How much of the running mean stays at each step.</summary>
    [Description("advantages running_mean: how much of the running mean stays at each step")]
    public double BaselineDecay { get; init; } = 0.9;

    /// <summary>β of the KL from the reference; 0 loads no reference.</summary>
    [Description("coefficient of the KL from the reference; 0 loads no reference")]
    public double Beta { get; init; }

    /// <summary>Whether the KL is taken off the reward instead of being a term of the loss.</summary>
    [Description("take the KL (k1) off the reward instead of adding it (k3) to the loss")]
    public bool KlInReward { get; init; }

    /// <summary>What has a ratio of its own.</summary>
    [Description("token; sequence: one ratio for each response, the geometric mean over its tokens (GSPO); sequence_token: the same with the gradient of each token (GSPO-token)")]
    public RatioLevel ImportanceSamplingLevel { get; init; } = RatioLevel.Token;

    /// <summary>ε below.</summary>
    [Description("how far the ratio may fall below 1 before it is clipped")]
    public double Epsilon { get; init; } = 0.2;

    /// <summary>ε above; null: as below.</summary>
    [Description("how far it may rise above 1 (clip-higher); epsilon when left out; for cispo the bound of the ratio itself")]
    public double? EpsilonHigh { get; init; }

    /// <summary>The bound of the unclipped ratio; null: none.</summary>
    [Description("upper bound of the ratio where the advantage is negative (two-sided clipping); none when left out")]
    public double? Delta { get; init; }

    /// <summary>Whether responses that were cut count.</summary>
    [Description("leave responses that were cut at max_new_tokens out of the loss")]
    public bool MaskTruncatedCompletions { get; init; }

    /// <summary>Whether groups whose scores are all equal are left out.</summary>
    [Description("leave groups whose scores are all equal out of the updates")]
    public bool FilterEqualRewards { get; init; }

    /// <summary>Further rounds of sampling that replace such groups.</summary>
    [Description("with filter_equal_rewards: at most so many further rounds of sampling that replace the groups left out (DAPO's dynamic sampling)")]
    public int RefillRounds { get; init; }

    /// <summary>μ.</summary>
    [Description("passes over the responses of a step")]
    public int NumIterations { get; init; } = 1;

    /// <summary>Updates per pass.</summary>
    [Description("updates per pass over the responses of a step")]
    public int MiniBatches { get; init; } = 1;

    /// <summary>Stops the run when the mean KL of a step is above it; null never does.</summary>
    [Description("stops the run when the mean KL of a step's responses, in nats, is above it; needs beta")]
    public double? KlCeiling { get; init; }

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer; batch_size is the responses in memory at once")]
    public GrpoTrainingOptions Training { get; init; } = new();

    /// <summary>Whether several updates are made from the same responses.</summary>
    internal bool HasSeveralUpdates => NumIterations * MiniBatches > 1;

    /// <summary>Whether advantages differ from token to token.</summary>
    internal bool HasTokenAdvantages => Advantages is AdvantageKind.ReinforcePlusPlus or AdvantageKind.ReinforcePlusPlusBaseline;

    /// <summary>The loss as the objectives know it; of the first eight forms.</summary>
    internal GrpoLossOptions ToLoss() => new()
    {
        Kind = (GrpoLossKind)LossType,
        EpsilonLow = Epsilon,
        EpsilonHigh = EpsilonHigh,
        Delta = Delta,
        Beta = KlInReward ? 0 : Beta,
        Level = ImportanceSamplingLevel,
    };

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        var isWhole = LossType is PolicyLossKind.Rloo or PolicyLossKind.Reinforce;
        var needsGroups = FilterEqualRewards || Advantages is AdvantageKind.Group or AdvantageKind.LeaveOneOut or AdvantageKind.ReinforcePlusPlusBaseline;
        (bool Broken, FormattableString Text)[] rules =
        [
            (NumGenerations < 1, $"num_generations is {NumGenerations}; it must be at least 1"),
            (NumGenerations == 1 && needsGroups, $"num_generations is 1, so that a response has none to be compared with; give at least 2, or set advantages to batch_mean or running_mean, and filter_equal_rewards to false"),
            (NumGenerations >= 1 && RolloutBatchSize % NumGenerations != 0, $"rollout_batch_size is {RolloutBatchSize}, which num_generations {NumGenerations} does not divide; change one"),
            (MiniBatches < 1, $"mini_batches is {MiniBatches}; it must be at least 1"),
            (MiniBatches >= 1 && NumGenerations >= 1 && RolloutBatchSize / NumGenerations % MiniBatches != 0, $"rollout_batch_size / num_generations is {RolloutBatchSize / Math.Max(1, NumGenerations)} prompts, which mini_batches {MiniBatches} does not divide; change one"),
            (NumIterations < 1, $"num_iterations is {NumIterations}; it must be at least 1"),
            (!(Beta >= 0), $"beta is {Beta}; it must be at least 0"),
            (Beta == 0 && Reference is not null, $"reference is given, but beta is 0, which uses none; set beta or remove reference"),
            (Beta == 0 && KlInReward, $"kl_in_reward is true, but beta is 0; set beta"),
            (Beta == 0 && KlCeiling is not null, $"kl_ceiling is given, but beta is 0, so there is no reference to measure the KL from; set beta or remove kl_ceiling"),
            (KlCeiling is { } ceiling && !(ceiling > 0), $"kl_ceiling is {KlCeiling}; it must be above 0"),
            (Beta > 0 && !KlInReward && (isWhole || HasTokenAdvantages), $"beta is {Beta}: loss_type rloo and reinforce and advantages reinforce_plus_plus take the KL off the reward; set kl_in_reward to true"),
            (LossType == PolicyLossKind.Rloo && HasTokenAdvantages, $"loss_type rloo has one ratio for a whole response, but advantages reinforce_plus_plus differ from token to token; change one"),
            (LossType == PolicyLossKind.Reinforce && HasSeveralUpdates, $"loss_type reinforce has no ratio that would make up for older responses; set num_iterations and mini_batches to 1, or take another loss_type"),
            (isWhole && ImportanceSamplingLevel != RatioLevel.Token, $"importance_sampling_level sequence is of the other forms; loss_type rloo has the ratio of a whole response by itself"),
            (Epsilon is not (> 0 and < 1), $"epsilon is {Epsilon}; it must be above 0 and below 1"),
            (EpsilonHigh is { } high && !(high > 0), $"epsilon_high is {EpsilonHigh}; it must be above 0"),
            (LossType == PolicyLossKind.Cispo && EpsilonHigh is null, $"epsilon_high is missing: cispo bounds the ratio itself by it; ScaleRL takes 5"),
            (Delta is { } delta && !(delta > 1 + (EpsilonHigh ?? Epsilon)), $"delta is {Delta}; it must be above 1 + epsilon_high, or it clips what is not clipped yet"),
            (ScaleRewards == AdvantageScale.Group && Advantages != AdvantageKind.Group, $"scale_rewards group goes with advantages group only; use batch or none"),
            (ScaleRewards is not null && HasTokenAdvantages, $"scale_rewards is given, but advantages reinforce_plus_plus are scaled over all tokens of the step; leave it out"),
            (BaselineDecay is not (>= 0 and < 1), $"baseline_decay is {BaselineDecay}; it must be at least 0 and below 1"),
            (RefillRounds < 0, $"refill_rounds is {RefillRounds}; it must be at least 0"),
            (RefillRounds > 0 && !FilterEqualRewards, $"refill_rounds is {RefillRounds}, but filter_equal_rewards leaves nothing out; set it to true"),
        ];
        return base.Problems().Concat(LoopProblems(Training)).Concat(rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text)));
    }
}
