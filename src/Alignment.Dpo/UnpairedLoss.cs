using System.Text.Json;
using Alignment.Objectives;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>KTO's, APO's and BCO's part of step 6, with BCO's mean of all rewards so far.</summary>
/// <param name="options">Which loss, β, weights.</param>
internal sealed class UnpairedLoss(DpoOptions options)
{
    private RunningMoments _moments = RunningMoments.Start;

    /// <summary>The mean of all rewards so far.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "rewards.json",
        () => JsonSerializer.Serialize(_moments),
        text => _moments = JsonSerializer.Deserialize<RunningMoments>(text));

    /// <summary>The loss of each response of a batch.</summary>
    /// <param name="batch">P responses as the chosen sides; the rejected ones are mismatched.</param>
    /// <param name="policy">log π, [P] each.</param>
    /// <param name="reference">log π_ref, [P] each.</param>
    /// <param name="training">Whether the batch's rewards enter the mean.</param>
    /// <param name="ratios">BCO's weights of the bad responses, [P]; null for 1.</param>
    /// <returns>Losses, and rewards of the response and of the mismatched one.</returns>
    public DpoLossResult Compute(PairBatch batch, PairLogProbs policy, PairLogProbs reference, bool training, Tensor? ratios = null)
    {
        using var scope = NewDisposeScope();
        var good = Good(batch); // [P]
        var rewards = (options.Beta * (policy.Chosen - reference.Chosen)).detach();
        var mismatched = (options.Beta * (policy.Rejected - reference.Rejected)).detach();
        Tensor losses;
        if (options.Unpaired == UnpairedLossKind.Bco)
        {
            _moments = training ? _moments.With(rewards) : _moments;
            losses = BcoLoss.Compute(policy.Chosen, reference.Chosen, good, options.Beta, _moments.SingleMean, ratios);
        }
        else
        {
            losses = KtoLoss.Compute(policy.Chosen, reference.Chosen, good, options.Beta, Kl(policy, reference), options.DesirableWeight, options.UndesirableWeight);
        }

        return new(losses.MoveToOuterDisposeScope(), rewards.MoveToOuterDisposeScope(), mismatched.MoveToOuterDisposeScope());
    }

    /// <summary>What TRL logs of unpaired losses.</summary>
    /// <param name="metrics">Takes the means.</param>
    /// <param name="scores">The batch.</param>
    public void AddMetrics(MetricMeans metrics, PairScores scores)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var good = Good(scores.Batch);
        var means = new Dictionary<bool, double>();
        foreach (var (name, desirable, mask) in ((string, bool, Tensor)[])[("chosen", true, good), ("rejected", false, good.logical_not())])
        {
            var count = Masked.Count(mask);
            if (count > 0)
            {
                means[desirable] = Masked.Mean(scores.Pairwise.ChosenRewards, mask).item<double>();
                metrics.Add($"rewards/{name}", means[desirable], count);
                metrics.Add($"logps/{name}", Masked.Mean(scores.Policy.Chosen, mask).item<double>(), count);
            }
        }

        if (means.Count == 2)
        {
            metrics.Add("rewards/margins", means[true] - means[false], scores.Batch.Pairs.Count);
        }

        if (options.Unpaired == UnpairedLossKind.Bco)
        {
            metrics.Add("delta", _moments.SingleMean, scores.Batch.Pairs.Count);
        }
        else if (options.Unpaired == UnpairedLossKind.Kto && scores.Reference is { } reference)
        {
            metrics.Add("kl", Kl(scores.Policy, reference), scores.Batch.Pairs.Count);
        }
    }

    private double Kl(PairLogProbs policy, PairLogProbs reference) =>
        options.Unpaired == UnpairedLossKind.Kto ? KtoLoss.KlEstimate(policy.Rejected, reference.Rejected) : 0;

    private static Tensor Good(PairBatch batch) => tensor(batch.Pairs.Select(pair => pair.Label == 1).ToArray(), device: batch.Sequences.device);
}
