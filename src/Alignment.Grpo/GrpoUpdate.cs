using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Training.Optimization;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>The updates of one step: passes over its responses, each in mini-batches of whole groups, each mini-batch one update of the policy.</summary>
/// <param name="options">Passes, loss.</param>
/// <param name="models">The policy is trained.</param>
/// <param name="gradient">Its optimizer.</param>
/// <param name="plan">Which responses an update takes.</param>
internal sealed class GrpoUpdate(GrpoOptions options, RolloutModels models, GradientStep gradient, MiniBatchPlan plan)
{
    private readonly PolicyLoss _loss = new(options);

    /// <summary>Whether responses have log-probabilities of their own, apart from the updates' first pass.</summary>
    public bool UsesOldLogProbs { get; } = options.HasSeveralUpdates || models.HasReference;

    /// <summary>Makes all updates of a step.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="rollouts">Whole groups; where <see cref="UsesOldLogProbs"/> is false the first pass fills in their log-probs.</param>
    /// <param name="advantages">[B] or [B, R].</param>
    /// <param name="metrics">Takes the means over the updates.</param>
    /// <param name="beforeFirst">Called when the first gradient is there and nothing is updated yet.</param>
    /// <returns>How many they were: an update without a token that counts is left out.</returns>
    /// <exception cref="InvalidOperationException">The first pass did not give ratio 1: something is broken, and nothing was updated.</exception>
    /// <exception cref="NumericFailureException">A loss or a gradient is not finite.</exception>
    public int Run(long step, RolloutBatch rollouts, Tensor advantages, GrpoMetrics metrics, Action beforeFirst)
    {
        using var scope = NewDisposeScope();
        var counts = CountedTokens(rollouts);
        var mask = Masked.FromLengths(counts, rollouts.Width).SentTo(rollouts.Mask.device); // [B, R]
        var lengths = rollouts.Rollouts.Select(rollout => rollout.Length).ToArray();
        var made = 0;
        for (var iteration = 0; iteration < options.NumIterations; iteration++)
        {
            foreach (var (i, miniBatch) in plan.Of(lengths, step, iteration).Index())
            {
                var isFirst = iteration == 0 && i == 0;
                made += Update(step, rollouts, advantages, mask, counts, miniBatch, metrics, isFirst, beforeFirst) ? 1 : 0;
            }
        }

        return made;
    }

    private bool Update(
        long step, RolloutBatch rollouts, Tensor advantages, Tensor mask, int[] counts, int[][] miniBatch, GrpoMetrics metrics, bool isFirst, Action beforeFirst)
    {
        var rows = miniBatch.SelectMany(micro => micro).ToArray();
        if (rows.All(row => counts[row] == 0))
        {
            return false; // every response was cut and is masked
        }

        var sums = new UpdateSums(gradient.Reads);
        gradient.Clear();
        AddGradients(step, rollouts, advantages, mask, counts, miniBatch, sums);
        if (isFirst)
        {
            gradient.Reads.Read();
            SelfTest.CheckFirstPass(step, sums.LargestChange);
            beforeFirst();
        }

        var norm = gradient.Apply(step, Array.ConvertAll(rows, row => rollouts.Rollouts[row].Prompt.RowId));
        metrics.AddUpdate(sums, norm);
        return true;
    }

    /// <summary>Adds the gradients of an update's micro-batches.</summary>
    internal void AddGradients(long step, RolloutBatch rollouts, Tensor advantages, Tensor mask, int[] counts, int[][] miniBatch, UpdateSums sums)
    {
        var (rows, tokens) = (miniBatch.Sum(micro => micro.Length), miniBatch.Sum(micro => micro.Sum(row => (long)counts[row])));
        foreach (var micro in miniBatch)
        {
            using var scope = NewDisposeScope();
            var loss = Loss(rollouts, advantages, mask, counts, micro, rows, tokens, sums);
            gradient.Backward(loss.Sum, loss.Weight, step, Array.ConvertAll(micro, row => rollouts.Rollouts[row].Prompt.RowId), share => sums.Loss += share);
        }
    }

    private MicroLoss Loss(RolloutBatch rollouts, Tensor advantages, Tensor mask, int[] counts, int[] micro, int updateRows, long updateTokens, UpdateSums sums)
    {
        using var scope = NewDisposeScope();
        var batch = ResponseBatch.Of(rollouts, micro, models.Tokenizer.PadId, models.Policy.Device);
        var hidden = batch.Tokens.Hidden(models.Policy);                                  // [N, D]
        var tokens = batch.Tokens.Score(models.Policy, hidden, options.Temperature);      // [N] each
        var fixedLogProbs = tokens.LogProb.detach();
        if (!UsesOldLogProbs)
        {
            RolloutBatch.Put(rollouts.LogProbs, batch.Cells, fixedLogProbs);
        }

        var place = tensor(Array.ConvertAll(micro, row => (long)row)).SentTo(mask.device); // [b]
        Tensor Rows(Tensor table) => table.index_select(0, place);
        var logProbs = Spread(tokens.LogProb, micro, rollouts);                           // [b, R]
        var counted = micro.Sum(row => (long)counts[row]);
        var loss = _loss.Of(
            logProbs,
            UsesOldLogProbs ? Rows(rollouts.LogProbs) : null,
            Rows(advantages),
            Rows(mask),
            options.Beta > 0 && !options.KlInReward ? Rows(rollouts.ReferenceLogProbs) : null,
            updateRows,
            updateTokens,
            counted);
        sums.Add(tokens.Entropy, UsesOldLogProbs ? fixedLogProbs - RolloutBatch.Pick(rollouts.LogProbs, batch.Cells) : null, counted, loss);
        loss.Sum.MoveToOuterDisposeScope();
        return loss;
    }

    // [N] tokens of some responses to [b, R], 0 past their ends; with gradient.
    private static Tensor Spread(Tensor values, int[] rows, RolloutBatch rollouts)
    {
        using var scope = NewDisposeScope();
        long[] cells = [.. rows.SelectMany((row, i) => Enumerable.Range(0, rollouts.Lengths[row]).Select(t => ((long)i * rollouts.Width) + t))];
        return zeros(rows.Length * rollouts.Width, dtype: values.dtype, device: values.device)
            .scatter_add(0, tensor(cells).SentTo(values.device), values).view(rows.Length, rollouts.Width).MoveToOuterDisposeScope();
    }

    // Of each response.
    private int[] CountedTokens(RolloutBatch rollouts) =>
        [.. rollouts.Rollouts.Select(rollout => rollout.Ended || !options.MaskTruncatedCompletions ? rollout.Response.Length : 0)];
}
