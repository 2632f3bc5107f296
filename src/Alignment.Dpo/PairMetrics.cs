using Alignment.Core.Numerics;
using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>The metrics of one batch, TRL's names and definitions (docs/metrics.md).</summary>
internal static class PairMetrics
{
    /// <summary>Adds a batch.</summary>
    /// <param name="metrics">Takes the means.</param>
    /// <param name="scores">The batch.</param>
    /// <param name="statistics">[N] each, of the response tokens.</param>
    /// <param name="withLikelihood">Whether the likelihood of the chosen responses is a part of the loss.</param>
    public static void Add(MetricMeans metrics, PairScores scores, TokenStatistics statistics, bool withLikelihood)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (chosen, rejected) = (scores.Pairwise.ChosenRewards, scores.Pairwise.RejectedRewards); // [P]

        void PerPair(string name, Tensor values) => metrics.Add(name, values.mean(), scores.Batch.Pairs.Count);
        PerPair("rewards/chosen", chosen);
        PerPair("rewards/rejected", rejected);
        PerPair("rewards/accuracies", chosen.gt(rejected).to(ScalarType.Float32));
        PerPair("rewards/margins", chosen - rejected);
        PerPair("logps/chosen", scores.Policy.Chosen);
        PerPair("logps/rejected", scores.Policy.Rejected);
        if (scores.Reference is { } reference)
        {
            PerPair("logps/chosen_delta_ref", (scores.Policy.Chosen - reference.Chosen) / scores.Lengths.Chosen);
        }

        if (withLikelihood)
        {
            PerPair("nll_loss", scores.Likelihood);
        }

        var (first, second) = (scores.Batch.ChosenTokens, scores.Batch.RejectedTokens);
        metrics.Add("logits/chosen", statistics.MeanLogit.narrow(0, 0, first).mean(), first);
        metrics.Add("logits/rejected", statistics.MeanLogit.narrow(0, first, second).mean(), second);
        metrics.Add("entropy", statistics.Entropy.mean(), first + second);
        metrics.Add("mean_token_accuracy", statistics.Correct.narrow(0, 0, first).to(ScalarType.Float32).mean(), first);
    }
}
