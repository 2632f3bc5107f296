using Alignment.Data.Collation;

namespace Alignment.Data.Instructions;

/// <summary>Streams of random numbers by name: drawing more for one row or purpose never shifts another.</summary>
internal static class Draws
{
    /// <summary>The stream of a purpose, such as a row of a task in one pass.</summary>
    /// <param name="seed">The run's.</param>
    /// <param name="purpose">What for, with the task's name.</param>
    /// <param name="row">The row's place in the task.</param>
    /// <param name="pass">How often the row came before.</param>
    public static SplitMix64 Stream(long seed, string purpose, long row = 0, long pass = 0)
    {
        var hash = Hash(purpose);
        foreach (var part in (ReadOnlySpan<long>)[seed, row, pass])
        {
            hash = new SplitMix64(unchecked(hash + (ulong)part)).Next();
        }

        return new SplitMix64(hash);
    }

    /// <summary>A text's 64-bit FNV-1a hash.</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 1099511628211UL);
        }

        return hash;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public static double Uniform(this SplitMix64 stream) => (stream.Next() >> 11) * (1.0 / (1UL << 53));
}
