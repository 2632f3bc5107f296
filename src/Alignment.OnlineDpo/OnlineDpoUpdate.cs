using System.Globalization;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using static TorchSharp.torch;

namespace Alignment.OnlineDpo;

/// <summary>The update of a step: DPO's loss on the pairs, one update of the policy (steps 4 to 6 of docs/algorithms/online-dpo.md).</summary>
/// <param name="options">β, form, α, temperature, pairs in memory at once.</param>
/// <param name="models">The policy is trained.</param>
/// <param name="gradient">Its optimizer.</param>
internal sealed class OnlineDpoUpdate(OnlineDpoOptions options, RolloutModels models, GradientStep gradient)
{
    /// <summary>Makes the update.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="rollouts">Scored.</param>
    /// <param name="pairs">Rows of them.</param>
    /// <param name="isReference">Whether the policy is its own reference still, so that the loss is known.</param>
    /// <param name="metrics">Takes the means over the pairs.</param>
    /// <exception cref="InvalidOperationException">The loss is not the known one: something is broken, and nothing was updated.</exception>
    /// <exception cref="NumericFailureException">A loss or a gradient is not finite.</exception>
    public void Run(long step, RolloutBatch rollouts, ResponsePair[] pairs, bool isReference, MetricMeans metrics)
    {
        var ids = Array.ConvertAll(pairs, pair => rollouts.Rollouts[pair.First].Prompt.RowId);
        var (loss, pairwise) = (0.0, 0.0);

        // 4. the gradients of the pairs' losses, a mean over the pairs
        gradient.Clear();
        AddGradients(step, rollouts, pairs, metrics, share => loss += share, share => pairwise += share);

        // 5. self test, before anything is changed
        if (isReference)
        {
            gradient.Reads.Read();
            CheckFirst(pairwise);
        }

        // 6. clip, check, update
        metrics.Add("grad_norm", gradient.Apply(step, ids));
        metrics.Add("loss", loss);
    }

    /// <summary>Adds the gradients of the pairs' losses, a mean over the pairs.</summary>
    /// <param name="step">The step, for messages.</param>
    /// <param name="rollouts">Scored.</param>
    /// <param name="pairs">Rows of them.</param>
    /// <param name="metrics">Takes the means over the pairs.</param>
    /// <param name="takeLoss">Is given each micro-batch's part of the mean loss, now or when it is read.</param>
    /// <param name="takePairwise">Is given its pairwise part.</param>
    internal void AddGradients(long step, RolloutBatch rollouts, ResponsePair[] pairs, MetricMeans metrics, Action<double> takeLoss, Action<double> takePairwise)
    {
        int Length(ResponsePair pair) => Math.Max(rollouts.Rollouts[pair.First].Length, rollouts.Rollouts[pair.Second].Length);
        foreach (var micro in pairs.OrderByDescending(Length).Chunk(options.Training.BatchSize))
        {
            using var scope = NewDisposeScope();
            var (losses, known) = Losses(rollouts, micro, metrics);
            gradient.Backward(losses.sum(), pairs.Length, step, Array.ConvertAll(micro, pair => rollouts.Rollouts[pair.First].Prompt.RowId), takeLoss);
            gradient.Reads.Add(known, mean => takePairwise(mean * micro.Length / pairs.Length));
        }
    }

    /// <summary>The loss of every pair when policy and reference are equal.</summary>
    internal static double KnownLoss(OnlineDpoOptions options) => options.Loss == DpoLossKind.Ipo ? 1 / (4 * options.Beta * options.Beta) : Math.Log(2);

    // [P] with gradient, and the mean of their pairwise part.
    private (Tensor Losses, Tensor Pairwise) Losses(RolloutBatch rollouts, ResponsePair[] pairs, MetricMeans metrics)
    {
        using var scope = NewDisposeScope();
        int[] rows = [.. pairs.Select(pair => pair.First), .. pairs.Select(pair => pair.Second)];
        var batch = ResponseBatch.Of(rollouts, rows, models.Tokenizer.PadId, models.Policy.Device);
        var policy = Sums(batch.Tokens.LogProbs(models.Policy, options.Temperature), rollouts, rows);                      // [P] each
        var reference = Sums(RolloutBatch.Pick(rollouts.ReferenceLogProbs, batch.Cells), rollouts, rows);                    // [P] each
        var firstIsBetter = tensor(Array.ConvertAll(pairs, pair => pair.FirstIsBetter)).SentTo(models.Policy.Device); // [P]
        Tensor losses;
        Tensor pairwise;
        if (options.Method == OnlineMethod.Xpo)
        {
            (pairwise, var bonus) = XpoLoss.Compute(policy.First, policy.Second, reference.First, reference.Second, firstIsBetter, options.Beta, options.Alpha, options.Loss);
            losses = pairwise + bonus;
            metrics.Add("loss/dpo", pairwise.mean(), pairs.Length);
            metrics.Add("loss/xpo", bonus.mean(), pairs.Length);
        }
        else
        {
            losses = pairwise = DpoLoss.Compute(
                OnlinePairs.Order(policy.First, policy.Second, firstIsBetter), OnlinePairs.Order(reference.First, reference.Second, firstIsBetter), options.Beta, options.Loss).Losses;
        }

        AddMetrics(metrics, OnlinePairs.Order(policy.First, policy.Second, firstIsBetter), OnlinePairs.Order(reference.First, reference.Second, firstIsBetter));
        return (losses.MoveToOuterDisposeScope(), pairwise.detach().mean().MoveToOuterDisposeScope());
    }

    // Sums over responses in float64, as in the stage dpo: [P] of the first responses, [P] of the second.
    private static (Tensor First, Tensor Second) Sums(Tensor logProbs, RolloutBatch rollouts, int[] rows)
    {
        using var scope = NewDisposeScope();
        long[] sequences = [.. rows.SelectMany((row, i) => Enumerable.Repeat((long)i, rollouts.Lengths[row]))];
        var sums = zeros([rows.Length], dtype: ScalarType.Float64, device: logProbs.device)
            .index_add(0, tensor(sequences).SentTo(logProbs.device), logProbs.to(ScalarType.Float64), 1); // [2P]
        var half = rows.Length / 2;
        return (sums.narrow(0, 0, half).MoveToOuterDisposeScope(), sums.narrow(0, half, half).MoveToOuterDisposeScope());
    }

    private void AddMetrics(MetricMeans metrics, PairLogProbs policy, PairLogProbs reference)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (chosen, rejected) = (options.Beta * (policy.Chosen - reference.Chosen), options.Beta * (policy.Rejected - reference.Rejected)); // [P]
        void Add(string name, Tensor values) => metrics.Add(name, values.mean(), policy.Chosen.size(0));
        Add("rewards/chosen", chosen);
        Add("rewards/rejected", rejected);
        Add("rewards/accuracies", chosen.gt(rejected).to(ScalarType.Float64));
        Add("rewards/margins", chosen - rejected);
        Add("logps/chosen", policy.Chosen);
        Add("logps/rejected", policy.Rejected);
    }

    private void CheckFirst(double loss)
    {
        var (expected, tolerance) = (KnownLoss(options), options.Training.Dtype == ComputePrecision.Bf16 ? 0.05 : 1e-3);
        if (!(Math.Abs(loss - expected) <= tolerance * Math.Max(1, expected)))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test before step 1: the policy is its own reference, so the loss must be {expected:0.0000}, but it is {loss:0.0000}: policy and reference are not compared alike; nothing was updated. Please report this with the options of the run"));
        }
    }
}
