namespace Alignment.Data.Collation;

/// <summary>
/// Which rows a step trains on: a pure function of (rows, batch size, seed, step), so a resumed run goes on where it stopped with
/// nothing but the step. An epoch is <see cref="DataOrder.Permutation"/> cut into batches; the last batch of an epoch is smaller
/// where the rows do not divide, and batches never reach into the next epoch.
/// </summary>
/// <remarks>
/// With lengths given, rows of like length share a batch, which saves padding: the whole batches of the permutation are taken
/// <see cref="WindowBatches"/> at a time, the rows of each such window sorted by falling length, and the batches of the epoch
/// then shuffled. The smaller last batch keeps its rows and its place.
/// Not safe for several threads at once: the order of the epoch last asked for is kept.
/// </remarks>
public sealed class BatchPlan
{
    /// <summary>Batches that are sorted by length together.</summary>
    public const int WindowBatches = 50;

    private readonly int _count;
    private readonly int _batchSize;
    private readonly long _seed;
    private readonly bool _shuffle;
    private readonly IReadOnlyList<int>? _lengths;
    private int[] _order = [];
    private int _orderEpoch = -1;

    /// <summary>Makes a plan.</summary>
    /// <param name="count">Rows; at least 1.</param>
    /// <param name="batchSize">Rows a batch; at least 1.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="shuffle">False for rows in their own order, as in evaluation.</param>
    /// <param name="dropLast">Whether a smaller last batch is left out.</param>
    /// <param name="lengths">Tokens of each row, to group rows of like length; null for no grouping.</param>
    public BatchPlan(int count, int batchSize, long seed, bool shuffle = true, bool dropLast = false, IReadOnlyList<int>? lengths = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (lengths is not null && (lengths.Count != count || !shuffle))
        {
            throw new ArgumentException($"Grouping by length needs shuffling and one length a row: {lengths.Count} lengths, {count} rows, shuffle {shuffle}.", nameof(lengths));
        }

        (_count, _batchSize, _seed, _shuffle, _lengths) = (count, batchSize, seed, shuffle, lengths);
        StepsPerEpoch = dropLast ? count / batchSize : ((count - 1) / batchSize) + 1;
        if (StepsPerEpoch == 0)
        {
            throw new ArgumentException($"{count} rows make no whole batch of {batchSize}, and a smaller one is left out; lower the batch size.", nameof(batchSize));
        }
    }

    /// <summary>Batches in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The epoch, from 0, that a step, from 0, belongs to.</summary>
    public int Epoch(long step) => checked((int)(step / StepsPerEpoch));

    /// <summary>The rows of a step.</summary>
    /// <param name="step">Step, from 0, over all epochs.</param>
    public int[] Rows(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var epoch = Epoch(step);
        if (epoch != _orderEpoch)
        {
            (_order, _orderEpoch) = (Order(epoch), epoch);
        }

        var start = (int)(step % StepsPerEpoch) * _batchSize;
        return _order[start..Math.Min(start + _batchSize, _count)];
    }

    private int[] Order(int epoch)
    {
        if (!_shuffle)
        {
            return [.. Enumerable.Range(0, _count)];
        }

        var order = DataOrder.Permutation(_count, _seed, epoch);
        if (_lengths is null)
        {
            return order;
        }

        var whole = _count / _batchSize;
        var batches = order.Take(whole * _batchSize)
            .Chunk(WindowBatches * _batchSize)
            .SelectMany(window => window.OrderByDescending(row => _lengths[row]))
            .Chunk(_batchSize)
            .ToArray();
        DataOrder.Generator(_seed, ~(long)epoch).Shuffle(batches.AsSpan());
        return [.. batches.SelectMany(b => b), .. order.Skip(whole * _batchSize)];
    }
}
