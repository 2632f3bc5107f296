using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Training.Metrics;
using Alignment.Training.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.RewardModel;

/// <summary>What is measured on scored pairs.</summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="Chosen">Raw reward of each chosen response.</param>
/// <param name="Rejected">Raw reward of each rejected response.</param>
internal sealed record PairScores(IReadOnlyList<PreferenceExample> Pairs, double[] Chosen, double[] Rejected)
{
    /// <summary>Pairs that nobody decided: they are in the loss, not in the ranking.</summary>
    public int Ties => Pairs.Count(pair => pair.Label == 0.5);

    /// <summary>Mean of r(chosen) − r(rejected).</summary>
    public double Margin => Differences.Average();

    /// <summary>Which decided pairs are ranked as labelled, and how well the differences say so.</summary>
    public PairRanking Ranking => PairRanking.Of([.. Pairs.Select(pair => pair.Label)], [.. Differences]);

    /// <summary>Adds accuracy, margin and the range of the rewards to what is being logged.</summary>
    public void AddTo(MetricMeans metrics)
    {
        var correct = Ranking.Correct;
        metrics.Add("accuracy", correct.DefaultIfEmpty().Average(), correct.Count);
        metrics.Add("margin", Margin, Pairs.Count);
        metrics.Add("min_reward", Math.Min(Chosen.Min(), Rejected.Min()));
        metrics.Add("mean_reward", (Chosen.Average() + Rejected.Average()) / 2, Pairs.Count);
        metrics.Add("max_reward", Math.Max(Chosen.Max(), Rejected.Max()));
    }

    /// <summary>The same of held-out pairs, with their loss and calibration.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Metrics(double centerCoefficient)
    {
        var metrics = new MetricMeans();
        using var scope = NewDisposeScope();
        metrics.Add("loss", Losses(Pairs, tensor(Chosen), tensor(Rejected), centerCoefficient).mean().ToDouble());
        AddTo(metrics);
        if (Ranking.CalibrationError is { } error)
        {
            metrics.Add("ece", error);
        }

        return metrics.Take();
    }

    /// <summary>The loss of each pair, [B], from its rewards, [B] each.</summary>
    public static Tensor Losses(IReadOnlyList<PreferenceExample> pairs, Tensor chosen, Tensor rejected, double centerCoefficient)
    {
        using var scope = NewDisposeScope();
        return BradleyTerryLoss.Compute(
            chosen, rejected, Column(pair => pair.Margin), Column(pair => pair.Label), centerCoefficient).MoveToOuterDisposeScope();

        Tensor Column(Func<PreferenceExample, double> value) => tensor(pairs.Select(value).ToArray(), chosen.dtype, chosen.device); // [B]
    }

    private IEnumerable<double> Differences => Chosen.Zip(Rejected, (chosen, rejected) => chosen - rejected);
}
