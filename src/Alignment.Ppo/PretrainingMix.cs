using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Training.Loops;
using Alignment.Training.Optimization;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>Adds the gradient of γ · mean(−log π) on some rows of earlier training to an update: the second term of Ouyang et al. 2022, Eq. 2.</summary>
/// <param name="options">γ and rows per update.</param>
/// <param name="rows">The rows; which ones an update takes is a function of its number.</param>
/// <param name="policy">Takes the gradient.</param>
/// <param name="padId">Fills shorter rows.</param>
/// <param name="microRows">Rows in memory at once.</param>
/// <param name="seed">The run's.</param>
internal sealed class PretrainingMix(PretrainingOptions options, IReadOnlyList<TokenExample> rows, CausalLm policy, int padId, int microRows, long seed)
{
    private readonly BatchPlan _plan = new(
        rows.Count, options.BatchSize, epoch => DataOrder.Permutation(rows.Count, Seeds.Derive(seed, "shuffle/pretraining"), epoch));

    /// <summary>Adds the gradient.</summary>
    /// <param name="update">The update's number in the run, from 1.</param>
    /// <param name="step">The step, for messages.</param>
    /// <param name="gradient">The policy's update.</param>
    /// <param name="take">Is given, now or before the update, each micro-batch's part of γ times the mean negative log-likelihood per token.</param>
    /// <exception cref="NumericFailureException">The loss is not finite.</exception>
    public void Backward(long update, long step, GradientStep gradient, Action<double> take)
    {
        var examples = _plan.Rows(update).Select(row => rows[row]).OrderByDescending(row => row.Ids.Length).ToArray();
        var targets = examples.Sum(example => example.Supervised.Count(counts => counts));
        foreach (var micro in examples.Chunk(microRows))
        {
            using var scope = NewDisposeScope();
            var batch = PaddedBatch.Of(micro, padId);
            var tokens = batch.Targets();
            var logProbs = TargetBatch.Of(batch.Ids, batch.Rows, batch.Length, tokens.HiddenRows, tokens.Ids, policy.Device, batch.Starts).LogProbs(policy); // [N]
            gradient.Backward(-options.Coefficient * logProbs.sum(), targets, step, batch.RowIds, take);
        }
    }
}
