namespace Alignment.Rollouts.Rewards.Services;

/// <summary>Something outside this process that scores responses.</summary>
public interface IRewardService : IDisposable
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>What scores are kept under: the same service gives the same response the same score.</summary>
    string Identity { get; }

    /// <summary>Most requests at once.</summary>
    int Parallel { get; }

    /// <summary>One try.</summary>
    /// <param name="items">At least one response.</param>
    /// <param name="cancel">The try takes too long, or the run is cancelled: whatever was begun is broken off.</param>
    /// <returns>A finite score of each.</returns>
    /// <exception cref="RewardServiceException">It failed.</exception>
    Task<double[]> ScoreAsync(IReadOnlyList<RewardItem> items, CancellationToken cancel);
}
