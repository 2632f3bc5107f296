namespace Alignment.Labeling.Agreement;

/// <summary>How intervals are drawn.</summary>
/// <param name="Seed">The same seed gives the same intervals.</param>
/// <param name="Count">How often the tasks are drawn anew.</param>
public readonly record struct Resampling(long Seed, int Count = 2000)
{
    /// <summary>A fresh generator.</summary>
    internal Random Random() => new(unchecked((int)(Seed ^ (Seed >> 32))));
}
