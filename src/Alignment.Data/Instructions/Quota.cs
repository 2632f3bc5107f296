using Alignment.Data.Collation;

namespace Alignment.Data.Instructions;

/// <summary>
/// Deals out an exact number of each of several things over a known number of turns, at random and one turn at a time
/// (selection sampling: Fan, Muller, Rezucha 1962; Knuth, vol. 2, 3.4.2, Algorithm S).
/// </summary>
internal sealed class Quota
{
    private readonly long[] _left;
    private readonly SplitMix64 _stream;
    private long _turns;

    /// <param name="counts">How many of each; their sum is the number of turns.</param>
    /// <param name="stream">The random numbers.</param>
    public Quota(IEnumerable<long> counts, SplitMix64 stream)
    {
        _left = [.. counts];
        _turns = _left.Sum();
        _stream = stream;
    }

    /// <summary>What comes next.</summary>
    /// <returns>Its index; -1 when all turns are over.</returns>
    public int Next()
    {
        if (_turns == 0)
        {
            return -1;
        }

        var at = (long)(_stream.Uniform() * _turns);
        var index = 0;
        while (at >= _left[index])
        {
            at -= _left[index++];
        }

        _left[index]--;
        _turns--;
        return index;
    }

    /// <summary>Shares as whole numbers with the wanted sum: rounded down, and one more for those that lost most (largest remainder; of equal ones the first).</summary>
    /// <param name="shares">At least 0, one above.</param>
    /// <param name="total">The sum.</param>
    public static long[] Apportion(IReadOnlyList<double> shares, long total)
    {
        var sum = shares.Sum();
        double[] exact = [.. shares.Select(share => share / sum * total)];
        long[] whole = [.. exact.Select(value => (long)Math.Floor(value))];
        var left = total - whole.Sum();
        foreach (var index in Enumerable.Range(0, exact.Length).OrderByDescending(i => exact[i] - whole[i]).Take((int)left).ToList())
        {
            whole[index]++;
        }

        return whole;
    }
}
