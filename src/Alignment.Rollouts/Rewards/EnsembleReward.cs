using Alignment.Core.Checkpoints;
using Alignment.Core.Models;

namespace Alignment.Rollouts.Rewards;

/// <summary>Several reward models, each with its own mean and deviation taken out, put together to one number; not scaled again.</summary>
/// <param name="members">At least two; disposed with this.</param>
/// <param name="aggregation">How; null: by their mean.</param>
/// <param name="confidence">c of <see cref="RewardAggregation.LowerConfidence"/>.</param>
public sealed class EnsembleReward(IReadOnlyList<ModelReward> members, RewardAggregation? aggregation, double confidence) : IRewardSource
{
    /// <inheritdoc/>
    public int? ContextLength => members.Min(member => member.ContextLength);

    /// <inheritdoc/>
    public RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default)
    {
        double[][] scores = [.. members.Select(member => member.Score(rollouts, microBatches, cancel).Terms[0].Values)];
        double[][] rows = [.. Enumerable.Range(0, rollouts.Count).Select(row => scores.Select(member => member[row]).ToArray())];
        return new RewardScores([new RewardTerm(ModelReward.Name, 1, RewardModelFolder.Together(scores, aggregation, confidence))])
        {
            Disagreement = [.. rows.Select(RewardEnsemble.Deviation)],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in members)
        {
            member.Dispose();
        }
    }
}
