namespace Alignment.Rollouts.Rewards;

/// <summary>What tells good responses from bad ones.</summary>
public interface IRewardSource : IDisposable
{
    /// <summary>The longest prompt with its response that can be scored, in tokens; null where there is no such bound.</summary>
    int? ContextLength { get; }

    /// <summary>Scores responses.</summary>
    /// <param name="rollouts">All responses of a step.</param>
    /// <param name="microBatches">Rows that may be in a model at once; all rows, each once.</param>
    /// <param name="cancel">Ends the wait for scores that take long.</param>
    /// <returns>A score of every response, NaN for one that could not be scored.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default);
}
