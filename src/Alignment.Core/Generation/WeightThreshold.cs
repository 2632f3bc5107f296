namespace Alignment.Core.Generation;

/// <summary>
/// The smallest weight that top-k and top-p keep, without sorting them all: weights are counted by their leading bits, and only those that share
/// the bits of the sought one are put in order. Not for several threads.
/// </summary>
internal sealed class WeightThreshold
{
    private const int DroppedBits = 16;
    private const int Buckets = (0x3F80_0000 >> DroppedBits) + 1; // up to the weight 1

    private readonly int[] _counts = new int[Buckets];
    private readonly double[] _sums = new double[Buckets];
    private float[] _sorted = [];

    /// <summary>Gives the threshold.</summary>
    /// <param name="weights">Each in [0, 1], at least one above 0.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="topK">Keeps so many of the largest; 0 = all.</param>
    /// <param name="topP">Then keeps the fewest largest that weigh this share of what top-k left; 1 = all.</param>
    /// <returns>What is below is to be dropped; ties with the last one kept are not.</returns>
    public float Of(ReadOnlySpan<float> weights, double total, int topK, double topP)
    {
        Array.Clear(_counts);
        Array.Clear(_sums);
        foreach (var weight in weights)
        {
            var bucket = Bucket(weight);
            _counts[bucket]++;
            _sums[bucket] += weight;
        }

        var threshold = 0f;
        var kept = total;
        if (topK > 0 && topK < weights.Length)
        {
            (threshold, kept) = Cut(weights, topK, double.PositiveInfinity);
        }

        // The share is of what top-k left, as in the reference implementations.
        return topP < 1 ? Math.Max(threshold, Cut(weights, int.MaxValue, topP * kept).Threshold) : threshold;
    }

    // Walks from the largest weight down until so many were met or they sum up to so much.
    private (float Threshold, double Sum) Cut(ReadOnlySpan<float> weights, int count, double sum)
    {
        var (met, total) = (0, 0.0);
        for (var bucket = Buckets - 1; bucket >= 0; bucket--)
        {
            if (met + _counts[bucket] < count && total + _sums[bucket] < sum)
            {
                met += _counts[bucket];
                total += _sums[bucket];
                continue;
            }

            foreach (var weight in Descending(weights, bucket))
            {
                met++;
                total += weight;
                if (met >= count || total >= sum)
                {
                    return (weight, total);
                }
            }
        }

        return (0, total);
    }

    private Span<float> Descending(ReadOnlySpan<float> weights, int bucket)
    {
        if (_sorted.Length < _counts[bucket])
        {
            _sorted = new float[_counts[bucket]];
        }

        var found = 0;
        foreach (var weight in weights)
        {
            if (Bucket(weight) == bucket)
            {
                _sorted[found++] = weight;
            }
        }

        var sorted = _sorted.AsSpan(0, found);
        sorted.Sort(static (a, b) => b.CompareTo(a));
        return sorted;
    }

    private static int Bucket(float weight) => Math.Min(BitConverter.SingleToInt32Bits(weight) >> DroppedBits, Buckets - 1);
}
