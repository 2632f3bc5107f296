using System.Globalization;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;

namespace Alignment.Rollouts;

/// <summary>
/// Which responses an update takes: a permutation cut into mini-batches, each sorted by length and cut into micro-batches, so that little
/// is padding. A pure function of seed, step and epoch. Scoring runs through epoch 0's micro-batches too: the first pass of updates then
/// repeats its arithmetic exactly, whatever the precision. Responses to one prompt stay side by side: the model reads what they share once.
/// </summary>
/// <param name="miniBatches">Updates per epoch.</param>
/// <param name="microRows">Responses in memory at once.</param>
/// <param name="seed">The run's.</param>
/// <param name="groupSize">Responses to one prompt, row after row.</param>
public sealed class MiniBatchPlan(int miniBatches, int microRows, long seed, int groupSize = 1)
{
    /// <summary>The mini-batches of an epoch, as micro-batches of rows; fewer where there are not as many groups.</summary>
    /// <param name="lengths">Tokens of each response with its prompt.</param>
    /// <param name="step">The step.</param>
    /// <param name="epoch">From 0.</param>
    public int[][][] Of(IReadOnlyList<int> lengths, long step, int epoch)
    {
        var groups = lengths.Count / groupSize;
        var order = DataOrder.Permutation(groups, Seeds.Derive(seed, string.Create(CultureInfo.InvariantCulture, $"mini-batches/{step}")), epoch);
        return [.. order.Chunk((groups + miniBatches - 1) / miniBatches).Select(chunk => chunk.Select(Rows).OrderByDescending(rows => lengths[rows[0]])
            .SelectMany(rows => rows).Chunk(microRows).ToArray())];

        int[] Rows(int group) => [.. Enumerable.Range(group * groupSize, groupSize).OrderByDescending(row => lengths[row])];
    }
}
