using Alignment.Rollouts;
using Alignment.Rollouts.Rewards;

namespace Alignment.Tests;

/// <summary>In the place of a reward where responses are given with their scores. Compiled into the test projects of the stages that sample.</summary>
internal sealed class NoReward : IRewardSource
{
    public int? ContextLength => null;

    public RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default) =>
        throw new InvalidOperationException("Nobody should ask for a score.");

    public void Dispose()
    {
    }
}
