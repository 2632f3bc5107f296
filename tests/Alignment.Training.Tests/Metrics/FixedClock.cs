namespace Alignment.Training.Tests.Metrics;

/// <summary>A clock that stands still.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public static FixedClock Epoch { get; } = new(DateTimeOffset.UnixEpoch);

    public override DateTimeOffset GetUtcNow() => now;
}
