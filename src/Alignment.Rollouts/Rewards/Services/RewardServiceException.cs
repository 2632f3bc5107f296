namespace Alignment.Rollouts.Rewards.Services;

/// <summary>A request for scores failed.</summary>
/// <param name="message">What happened, without the service's name.</param>
/// <param name="mayPass">Whether another try may help.</param>
/// <param name="retryAfter">How long the server asks to wait; null when it does not say.</param>
/// <param name="inner">What caused it.</param>
public sealed class RewardServiceException(string message, bool mayPass = true, TimeSpan? retryAfter = null, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether another try may help.</summary>
    public bool MayPass { get; } = mayPass;

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
