namespace Alignment.Data.Collation;

/// <summary>
/// The order of rows in an epoch: a pure function of (count, seed, epoch), on every machine and in every version of this library.
/// A Fisher-Yates shuffle of 0..count-1 with SplitMix64, whose state is the first number of SplitMix64(first number of SplitMix64(seed) + epoch).
/// </summary>
public static class DataOrder
{
    /// <summary>Batches that are sorted by length together.</summary>
    public const int WindowBatches = 50;

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

    /// <summary>
    /// A permutation in which rows of like length lie side by side, which saves padding: the whole batches of <see cref="Permutation"/>
    /// are taken <see cref="WindowBatches"/> at a time, the rows of each such window sorted by falling length, and the batches of the
    /// epoch then shuffled. What is left over from whole batches keeps its place at the beginning and at the end.
    /// </summary>
    /// <param name="lengths">Tokens of each row.</param>
    /// <param name="batchSize">Rows of a batch, at least 1.</param>
    /// <param name="seed">The run's seed for data order.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="lead">Rows, fewer than a batch, that belong to a batch which the epoch before began.</param>
    public static int[] Grouped(IReadOnlyList<int> lengths, int batchSize, long seed, int epoch, int lead = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(lead);
        var order = Permutation(lengths.Count, seed, epoch);
        lead = Math.Min(lead, lengths.Count);
        var whole = (lengths.Count - lead) / batchSize * batchSize;
        var batches = order.Skip(lead).Take(whole)
            .Chunk(WindowBatches * batchSize)
            .SelectMany(window => window.OrderByDescending(row => lengths[row]))
            .Chunk(batchSize)
            .ToArray();
        Generator(seed, ~(long)epoch).Shuffle(batches.AsSpan());
        return [.. order.Take(lead), .. batches.SelectMany(batch => batch), .. order.Skip(lead + whole)];
    }

    private static SplitMix64 Generator(long seed, long stream) =>
        new(new SplitMix64(unchecked(new SplitMix64((ulong)seed).Next() + (ulong)stream)).Next());
}
