namespace Alignment.Data.Collation;

/// <summary>The rows of an epoch in the order in which they are trained on: a pure function of the rows' lengths, the seed and the epoch.</summary>
/// <param name="lengths">Tokens of each row.</param>
/// <param name="rowsPerStep">Rows of an optimizer step.</param>
/// <param name="groupByLength">Whether rows of like length share a step, which saves padding.</param>
/// <param name="seed">The run's seed for data order.</param>
/// <param name="mix">Says which rows an epoch has; null: each once.</param>
public sealed class EpochOrder(IReadOnlyList<int> lengths, int rowsPerStep, bool groupByLength, long seed, SourceMix? mix = null)
{
    /// <summary>Rows of an epoch.</summary>
    public int Rows => mix?.RowsPerEpoch ?? lengths.Count;

    /// <summary>The rows of an epoch.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    public int[] Of(int epoch)
    {
        var drawn = mix?.Draw(seed, epoch);

        // Epochs follow each other without a gap: an epoch's first rows may belong to a step that the one before began.
        var begun = (int)((long)epoch * Rows % rowsPerStep);
        var lead = begun == 0 ? 0 : rowsPerStep - begun;
        var places = groupByLength
            ? DataOrder.Grouped(drawn is null ? lengths : Array.ConvertAll(drawn, row => lengths[row]), rowsPerStep, seed, epoch, lead)
            : DataOrder.Permutation(Rows, seed, epoch);
        return drawn is null ? places : Array.ConvertAll(places, place => drawn[place]);
    }
}
