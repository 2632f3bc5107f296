using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>log π_ref of both responses of every pair, summed over their tokens, in nats.</summary>
/// <param name="Chosen">One number a pair.</param>
/// <param name="Rejected">One number a pair.</param>
internal sealed record ReferenceLogProbs(double[] Chosen, double[] Rejected)
{
    /// <summary>Reads every pair once.</summary>
    /// <param name="model">The reference, in evaluation mode.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="batchSize">Pairs of a batch.</param>
    /// <param name="padId">Fills short rows; its value changes nothing.</param>
    /// <param name="read">Told how many more pairs were read.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <param name="ldAlpha">Weight of the tokens past the shorter response's length; null for 1.</param>
    public static ReferenceLogProbs Compute(
        CausalLm model, IReadOnlyList<PreferenceExample> pairs, int batchSize, int padId, Action<int> read, CancellationToken cancel, double? ldAlpha = null)
    {
        var result = new ReferenceLogProbs(new double[pairs.Count], new double[pairs.Count]);
        using var noGrad = no_grad();
        foreach (var rows in PairSet.Batches(pairs, batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = PairBatch.Of([.. rows.Select(row => pairs[row])], padId, model.Device, ldAlpha);
            var sums = batch.Sum(batch.Targets.LogProbs(model)); // [P] each
            var (chosen, rejected) = (sums.Chosen.cpu().data<double>().ToArray(), sums.Rejected.cpu().data<double>().ToArray());
            for (var i = 0; i < rows.Length; i++)
            {
                result.Chosen[rows[i]] = chosen[i];
                result.Rejected[rows[i]] = rejected[i];
            }

            read(rows.Length);
        }

        return result;
    }

    /// <summary>The numbers of some rows.</summary>
    /// <param name="rows">P row indices.</param>
    /// <param name="device">Where to.</param>
    /// <returns>[P] float64 each, without gradient.</returns>
    public PairLogProbs At(int[] rows, Device device) => new(
        tensor(Array.ConvertAll(rows, row => Chosen[row])).SentTo(device),
        tensor(Array.ConvertAll(rows, row => Rejected[row])).SentTo(device));
}
