namespace Alignment.Data.Collation;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a small generator whose numbers are the same on every platform and .NET version.</summary>
internal sealed class SplitMix64(ulong state)
{
    private ulong _state = state;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, <paramref name="count"/>), without bias (Lemire 2019, by multiplication and rejection).</summary>
    public int Below(int count)
    {
        var n = (ulong)count;
        while (true)
        {
            var high = Math.BigMul(Next(), n, out var low);
            if (low >= (0 - n) % n)
            {
                return (int)high;
            }
        }
    }

    /// <summary>Shuffles in place (Fisher-Yates, from the last item down).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
