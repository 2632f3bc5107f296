namespace Alignment.Data.Collation;

/// <summary>
/// The order of rows in an epoch: a pure function of (count, seed, epoch), on every machine and in every version of this library.
/// A Fisher-Yates shuffle of 0..count-1 with SplitMix64, whose state is the first number of SplitMix64(first number of SplitMix64(seed) + epoch).
/// </summary>
public static class DataOrder
{
    /// <summary>A permutation of 0..<paramref name="count"/>-1.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="seed">The run's seed for data order.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    public static int[] Permutation(int count, long seed, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Generator(seed, epoch).Shuffle(order.AsSpan());
        return order;
    }

    internal static SplitMix64 Generator(long seed, long stream) =>
        new(new SplitMix64(unchecked(new SplitMix64((ulong)seed).Next() + (ulong)stream)).Next());
}
