using System.Text.Json;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>KTO's, APO's and BCO's part of step 6, with BCO's mean of all rewards so far.</summary>
/// <param name="options">Which loss, β, weights.</param>
internal sealed class UnpairedLoss(DpoOptions options)
{
    private readonly RewardMoments _moments = new();

    /// <summary>The mean of all rewards so far.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "rewards.json",
        () => JsonSerializer.Serialize(_moments.Value),
        text => _moments.Value = JsonSerializer.Deserialize<RunningMoments>(text));

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
            if (training)
            {
                _moments.Add(rewards);
            }

            losses = BcoLoss.Compute(policy.Chosen, reference.Chosen, good, options.Beta, _moments.SingleMean(), ratios);
        }
        else
        {
            var kl = options.Unpaired == UnpairedLossKind.Kto ? KtoLoss.KlEstimate(policy.Rejected, reference.Rejected) : null;
            losses = KtoLoss.Compute(policy.Chosen, reference.Chosen, good, options.Beta, kl, options.DesirableWeight, options.UndesirableWeight);
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
        var (rows, desirable) = (scores.Batch.Pairs.Count, scores.Batch.Pairs.Count(pair => pair.Label == 1));
        var chosen = Side("chosen", good, desirable);
        var rejected = Side("rejected", good.logical_not(), rows - desirable);
        if (chosen is not null && rejected is not null)
        {
            metrics.Add("rewards/margins", chosen - rejected, rows);
        }

        if (options.Unpaired == UnpairedLossKind.Bco)
        {
            metrics.Add("delta", _moments.SingleMean(), rows);
        }
        else if (options.Unpaired == UnpairedLossKind.Kto && scores.Reference is { } reference)
        {
            metrics.Add("kl", KtoLoss.KlEstimate(scores.Policy.Rejected, reference.Rejected), rows);
        }

        // The mean reward of a side; null where the batch has none of it.
        Tensor? Side(string name, Tensor mask, int count)
        {
            if (count == 0)
            {
                return null;
            }

            var reward = Masked.Mean(scores.Pairwise.ChosenRewards, mask);
            metrics.Add($"rewards/{name}", reward, count);
            metrics.Add($"logps/{name}", Masked.Mean(scores.Policy.Chosen, mask), count);
            return reward;
        }
    }

    private static Tensor Good(PairBatch batch) => tensor(batch.Pairs.Select(pair => pair.Label == 1).ToArray()).SentTo(batch.Sequences.device);
}
