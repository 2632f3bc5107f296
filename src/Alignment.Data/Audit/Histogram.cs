namespace Alignment.Data.Audit;

/// <summary>Counts of whole numbers in intervals that double: 0, 1, 2–3, 4–7, ...</summary>
/// <param name="title">What is counted.</param>
public sealed class Histogram(string title)
{
    private readonly long[] _counts = new long[34];

    /// <summary>What is counted.</summary>
    public string Title { get; } = title;

    /// <summary>How many numbers.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public long Sum { get; private set; }

    /// <summary>The greatest.</summary>
    public long Most { get; private set; }

    /// <summary>Their mean.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>The intervals from the first to the last that hold a number.</summary>
    public IReadOnlyList<(long From, long To, long Count)> Bars
    {
        get
        {
            var (first, last) = (Array.FindIndex(_counts, count => count > 0), Array.FindLastIndex(_counts, count => count > 0));
            return first < 0 ? [] : [.. Enumerable.Range(first, last - first + 1).Select(i => (i == 0 ? 0L : 1L << (i - 1), i == 0 ? 0L : (1L << i) - 1, _counts[i]))];
        }
    }

    /// <summary>Counts a number.</summary>
    public void Add(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        _counts[Math.Min(_counts.Length - 1, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value))]++;
        Count++;
        Sum += value;
        Most = Math.Max(Most, value);
    }
}
