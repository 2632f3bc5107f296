namespace QuickstartData;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014), one stream per purpose: the same seed gives the same files on every platform and runtime,
/// and drawing more for one file does not change another.
/// </summary>
public sealed class Chance
{
    private ulong _state;

    /// <summary>Starts the stream of a purpose.</summary>
    public Chance(long seed, string purpose)
    {
        ulong hash = 14695981039346656037; // FNV-1a
        foreach (char c in purpose)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        _state = hash ^ ((ulong)seed * 0x9E3779B97F4A7C15);
    }

    /// <summary>A whole number in [0, <paramref name="count"/>).</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>True with the given probability.</summary>
    public bool Happens(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>One of the items, all alike.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>The items in random order.</summary>
    public T[] Shuffled<T>(IEnumerable<T> items)
    {
        T[] order = [.. items];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
