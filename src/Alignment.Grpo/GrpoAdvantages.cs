using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Rollouts;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>From scores to advantages.</summary>
/// <param name="options">Estimator, scale, KL in the reward.</param>
/// <param name="baseline">Of <see cref="AdvantageKind.RunningMean"/>.</param>
internal sealed class GrpoAdvantages(GrpoOptions options, RunningBaseline baseline)
{
    /// <summary>The advantages of scored responses.</summary>
    /// <param name="rollouts">Whole groups; with the reference's log-probs where the KL is taken off the reward.</param>
    /// <returns>[B], or [B, R] where they differ from token to token; of the caller's dispose scope.</returns>
    public Tensor Of(RolloutBatch rollouts)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rewards = tensor(rollouts.Scores).SentTo(rollouts.LogProbs.device); // [B]
        if (options.HasTokenAdvantages)
        {
            return TokenAdvantages(rollouts, rewards).MoveToOuterDisposeScope(); // [B, R]
        }

        if (options.KlInReward)
        {
            rewards = rewards - options.Beta * Kl(rollouts).sum(dim: 1); // past a response's end both tables hold 0
        }

        var isBatch = options.ScaleRewards == AdvantageScale.Batch;
        return (options.Advantages switch
        {
            AdvantageKind.Group => GroupAdvantages.Normalized(rewards, options.NumGenerations, options.ScaleRewards ?? AdvantageScale.Group),
            AdvantageKind.LeaveOneOut => GroupAdvantages.LeaveOneOut(rewards, options.NumGenerations, isBatch),
            AdvantageKind.BatchMean => Centred(rewards, rewards.mean().ToDouble(), isBatch),
            AdvantageKind.RunningMean => Centred(rewards, baseline.Next(rewards.mean().ToDouble()), isBatch),
            _ => throw new ArgumentOutOfRangeException(nameof(rollouts), options.Advantages, "unknown advantages"),
        }).MoveToOuterDisposeScope();
    }

    private Tensor TokenAdvantages(RolloutBatch rollouts, Tensor rewards)
    {
        if (options.Advantages == AdvantageKind.ReinforcePlusPlusBaseline)
        {
            rewards = GroupAdvantages.Normalized(rewards, options.NumGenerations, AdvantageScale.None);
        }

        return ReinforceLoss.PlusPlusAdvantages(rewards, Kl(rollouts), rollouts.Mask, options.Beta);
    }

    private static Tensor Kl(RolloutBatch rollouts) => KlEstimators.PerToken(rollouts.LogProbs, rollouts.ReferenceLogProbs, KlEstimator.K1); // [B, R]

    // Over the batch as one group, TRL's ε included, where the scale is the batch's.
    private static Tensor Centred(Tensor rewards, double mean, bool scaled)
    {
        var centred = rewards - mean;
        return scaled ? centred / (rewards.std() + 1e-4) : centred;
    }
}
