namespace Alignment.Labeling.Tests.Store;

internal sealed class HandClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = Made.Noon;

    public override DateTimeOffset GetUtcNow() => Now;
}
