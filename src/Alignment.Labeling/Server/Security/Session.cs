namespace Alignment.Labeling.Server.Security;

/// <summary>Somebody who signed in.</summary>
/// <param name="Annotator">The name.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Csrf">What every write must repeat in its header.</param>
internal sealed record Session(string Annotator, AnnotatorRole Role, string Csrf)
{
    private long _lastUsed;

    /// <summary>When it was used last, in ticks of UTC.</summary>
    public long LastUsed
    {
        get => Interlocked.Read(ref _lastUsed);
        set => Interlocked.Exchange(ref _lastUsed, value);
    }
}
