using System.Globalization;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Training.Guards;
using Alignment.Training.Optimization;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>The updates of one step: several passes over its responses, each in mini-batches, each mini-batch one update of policy and value model.</summary>
/// <param name="options">Epochs, clip ranges, coefficients, threshold.</param>
/// <param name="models">Policy and value model are trained.</param>
/// <param name="optimizers">Theirs.</param>
/// <param name="plan">Which responses an update takes.</param>
/// <param name="mix">The pre-training mix; null for none.</param>
internal sealed class PpoUpdate(PpoOptions options, PpoModels models, PpoOptimizers optimizers, MiniBatchPlan plan, PretrainingMix? mix)
{
    /// <summary>Makes all updates of a step.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="rollouts">Scored.</param>
    /// <param name="advantages">What to aim at.</param>
    /// <param name="metrics">Takes the means over the updates.</param>
    /// <exception cref="InvalidOperationException">The first pass did not give ratio 1: something is broken, and nothing was updated.</exception>
    /// <exception cref="GuardStopException">The ratio ran away.</exception>
    /// <exception cref="NumericFailureException">A loss or a gradient is not finite.</exception>
    public void Run(long step, RolloutBatch rollouts, Advantages advantages, PpoMetrics metrics)
    {
        var lengths = rollouts.Rollouts.Select(rollout => rollout.Length).ToArray();
        var isNear = true;
        for (var epoch = 0; epoch < options.PpoEpochs && isNear; epoch++)
        {
            var miniBatches = plan.Of(lengths, step, epoch);
            for (var i = 0; i < miniBatches.Length && isNear; i++)
            {
                var isFirst = epoch == 0 && i == 0;
                var number = ((((step - 1) * options.PpoEpochs) + epoch) * options.MiniBatches) + i + 1;
                isNear = Update(step, number, rollouts, advantages, miniBatches[i], isFirst, metrics);
            }
        }

        metrics.EndUpdates();
    }

    // False when the policy has gone far enough from the rollouts' one.
    private bool Update(long step, long number, RolloutBatch rollouts, Advantages advantages, int[][] miniBatch, bool isFirst, PpoMetrics metrics)
    {
        var rows = miniBatch.SelectMany(micro => micro).ToArray();
        var rowIds = Array.ConvertAll(rows, row => rollouts.Rollouts[row].Prompt.RowId);
        var sums = new UpdateSums(optimizers.Reads);
        var isFrozen = step <= options.PolicyFreezeSteps;
        using var scope = NewDisposeScope();
        var batches = Batches(rollouts, miniBatch);

        // a. the gradients of the policy's clipped loss
        optimizers.Policy.Clear();
        if (!isFrozen)
        {
            AddPolicyGradients(step, batches, rollouts, advantages, sums);
        }

        // b. self test and threshold, before anything is changed
        optimizers.Reads.Read();
        if (isFirst)
        {
            SelfTest.CheckFirstPass(step, sums.LargestChange);
        }

        if (sums.ApproxKl / sums.Tokens > 1.5 * options.TargetKl)
        {
            return false;
        }

        if (IsRatioTooLarge(step, sums))
        {
            return true;
        }

        // c. the pre-training mix
        var isMixed = mix is not null && !isFrozen;
        if (isMixed)
        {
            mix!.Backward(number, step, optimizers.Policy, share => sums.Pretraining += share);
        }

        // d. clip, check, update; the gradients make room for the value model's
        double? policyNorm = isFrozen ? null : optimizers.Policy.Apply(step, rowIds);
        optimizers.Policy.Clear();

        // e. the same for the value model
        optimizers.Value.Clear();
        AddValueGradients(step, batches, rollouts, advantages, sums);
        var valueNorm = optimizers.Value.Apply(step, rowIds);
        optimizers.Value.Clear();
        metrics.AddUpdate(sums, isMixed ? sums.Pretraining / options.Pretraining!.Coefficient : null, policyNorm, valueNorm);
        return true;
    }

    /// <summary>The micro-batches of an update, with the rows that they come from; of the caller's dispose scope.</summary>
    internal (ResponseBatch Batch, string[] RowIds)[] Batches(RolloutBatch rollouts, int[][] miniBatch) => Array.ConvertAll(miniBatch, micro => (
        ResponseBatch.Of(rollouts, micro, models.Tokenizer.PadId, models.Policy.Device), Array.ConvertAll(micro, row => rollouts.Rollouts[row].Prompt.RowId)));

    /// <summary>Adds the gradients of the policy's clipped loss, a mean over the update's tokens.</summary>
    internal void AddPolicyGradients(long step, (ResponseBatch Batch, string[] RowIds)[] batches, RolloutBatch rollouts, Advantages advantages, UpdateSums sums)
    {
        var tokens = batches.Sum(micro => micro.Batch.Cells.size(0));
        foreach (var (batch, rowIds) in batches)
        {
            using var scope = NewDisposeScope();
            optimizers.Policy.Backward(PolicyLoss(batch, rollouts, advantages, sums).sum(), tokens, step, rowIds, share => sums.PolicyLoss += share);
        }
    }

    /// <summary>Adds the gradients of the value model's clipped loss, a mean over the update's states.</summary>
    internal void AddValueGradients(long step, (ResponseBatch Batch, string[] RowIds)[] batches, RolloutBatch rollouts, Advantages advantages, UpdateSums sums)
    {
        var states = batches.Sum(micro => micro.Batch.ValueRows.Count);
        foreach (var (batch, rowIds) in batches)
        {
            using var scope = NewDisposeScope();
            optimizers.Value.Backward(options.VfCoef * ValueLoss(batch, rollouts, advantages, sums).sum(), states, step, rowIds, share => sums.ValueLoss += share / options.VfCoef);
        }
    }

    private Tensor PolicyLoss(ResponseBatch batch, RolloutBatch rollouts, Advantages advantages, UpdateSums sums)
    {
        using var scope = NewDisposeScope();
        var hidden = batch.Tokens.Hidden(models.Policy);                                          // [N, D]
        var tokens = batch.Tokens.Score(models.Policy, hidden, options.Temperature);              // [N] each
        var logProbs = tokens.LogProb;
        var oldLogProbs = RolloutBatch.Pick(rollouts.LogProbs, batch.Cells);                      // [N]
        var loss = PpoLoss.Policy(logProbs, oldLogProbs, RolloutBatch.Pick(advantages.Whitened, batch.Cells), options.Cliprange, options.DualClip);
        sums.AddPolicy(logProbs.detach(), oldLogProbs, tokens.Entropy, loss.Clipped);
        return loss.Losses.MoveToOuterDisposeScope(); // [N]
    }

    private Tensor ValueLoss(ResponseBatch batch, RolloutBatch rollouts, Advantages advantages, UpdateSums sums)
    {
        using var scope = NewDisposeScope();
        var values = batch.Values(models.Value); // [M]
        var oldValues = RolloutBatch.Pick(rollouts.Values, batch.ValueCells);
        var loss = PpoLoss.Value(values, oldValues, RolloutBatch.Pick(advantages.Returns, batch.ValueCells), options.CliprangeValue);
        sums.AddValue(loss.Clipped);
        return loss.Losses.MoveToOuterDisposeScope(); // [M]
    }

    private bool IsRatioTooLarge(long step, UpdateSums sums)
    {
        if (options.RatioThreshold == 0 || !(sums.MeanRatio > options.RatioThreshold))
        {
            return false;
        }

        return options.RatioAction == RatioAction.Skip ? true : throw new GuardStopException(
            string.Create(CultureInfo.InvariantCulture, $"the mean ratio of new to old probabilities is {sums.MeanRatio:0.###} at step {step}, above ratio_threshold {options.RatioThreshold}: the policy runs away from its own responses."),
            "Lower learning_rate, ppo_epochs or cliprange, raise ratio_threshold, or set ratio_action to skip",
            step - 1);
    }
}
