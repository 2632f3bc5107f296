using System.ComponentModel;
using Alignment.Objectives;
using Alignment.Rollouts;

namespace Alignment.OnlineDpo;

/// <summary>Everything that changes the result of a run. Names and defaults are TRL's where it has one; docs/algorithms/online-dpo.md compares them.</summary>
public sealed record OnlineDpoOptions : RolloutOptions
{
    /// <summary>TRL's length and temperature of its online DPO trainer.</summary>
    public OnlineDpoOptions()
    {
        MaxNewTokens = 64;
        Temperature = 0.9;
    }

    /// <summary>Whose responses are compared.</summary>
    [Description("online_dpo: responses of the policy are compared; xpo: one of the policy with one of the reference, with a bonus")]
    public OnlineMethod Method { get; init; } = OnlineMethod.OnlineDpo;

    /// <summary>Responses to each prompt of a step.</summary>
    [Description("responses to each prompt of a step, of which the best and the worst make a pair; divides rollout_batch_size")]
    public int NumGenerations { get; init; } = 2;

    /// <summary>β. TRL's default.</summary>
    [Description("how closely the policy is held to the reference; larger is closer")]
    public double Beta { get; init; } = 0.1;

    /// <summary>The form of the loss. TRL's default.</summary>
    [Description("form of the loss: sigmoid, or ipo on whole responses")]
    public DpoLossKind Loss { get; init; } = DpoLossKind.Sigmoid;

    /// <summary>α of XPO. TRL's default.</summary>
    [Description("with xpo: weight of the bonus, log π of the reference's response, which is pushed down")]
    public double Alpha { get; init; } = 1e-5;

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer; batch_size is the pairs in memory at once")]
    public OnlineDpoTrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        (bool Broken, FormattableString Text)[] rules =
        [
            (NumGenerations < 2, $"num_generations is {NumGenerations}; it must be at least 2: a pair needs two responses"),
            (NumGenerations >= 2 && RolloutBatchSize % NumGenerations != 0, $"rollout_batch_size is {RolloutBatchSize}, which num_generations {NumGenerations} does not divide; change one"),
            (Method == OnlineMethod.Xpo && NumGenerations != 2, $"num_generations is {NumGenerations}; xpo compares one response of the policy with one of the reference, so leave it out"),
            (!(Beta > 0 && double.IsFinite(Beta)), $"beta is {Beta}; it must be above 0"),
            (!(Alpha >= 0 && double.IsFinite(Alpha)), $"alpha is {Alpha}; it must be at least 0"),
            (Loss is not (DpoLossKind.Sigmoid or DpoLossKind.Ipo), $"loss is {Loss.ToString().ToLowerInvariant()}; online-dpo takes sigmoid or ipo"),
        ];
        return base.Problems().Concat(LoopProblems(Training)).Concat(rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text)));
    }
}
