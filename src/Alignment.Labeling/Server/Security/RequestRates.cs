using System.Threading.RateLimiting;

namespace Alignment.Labeling.Server.Security;

/// <summary>So many requests a second of each caller. Short bursts go through, more wait their turn, too many are refused.</summary>
internal sealed class RequestRates(int perSecond) : IAsyncDisposable
{
    private const int PeriodsPerSecond = 10;

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * perSecond,
            TokensPerPeriod = Math.Max(1, perSecond / PeriodsPerSecond),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / Math.Min(perSecond, PeriodsPerSecond)),
            QueueLimit = perSecond,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }), StringComparer.Ordinal);

    /// <summary>Waits for the caller's turn.</summary>
    /// <returns>Whether it came.</returns>
    public async ValueTask<bool> EnterAsync(string caller, CancellationToken cancellation)
    {
        using var lease = await _limiter.AcquireAsync(caller, 1, cancellation).ConfigureAwait(false);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _limiter.DisposeAsync();
}
