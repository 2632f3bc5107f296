using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Training.Metrics;
using Alignment.Training.Statistics;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.RewardModel;

/// <summary>What is measured on scored groups of responses.</summary>
/// <param name="Groups">The groups.</param>
/// <param name="Rewards">Raw reward of each response, group after group.</param>
internal sealed record GroupScores(IReadOnlyList<ResponseGroup> Groups, double[] Rewards)
{
    private readonly (double Label, double Difference)[][] _pairs = Compared(Groups, Rewards);

    /// <summary>What each head says of each response; empty of a model with one head.</summary>
    public IReadOnlyList<double[]> Heads { get; init; } = [];

    /// <summary>Standard deviation over the heads, mean over the responses; each head's mean over them is taken off first. Null of one head.</summary>
    public double? Disagreement
    {
        get
        {
            if (Heads.Count == 0)
            {
                return null;
            }

            double[] means = [.. Enumerable.Range(0, Heads[0].Length).Select(head => Heads.Average(row => row[head]))];
            return Heads.Average(row => RewardEnsemble.Deviation([.. row.Zip(means, (reward, mean) => reward - mean)]));
        }
    }

    /// <summary>Whether a prompt has more responses than a pair.</summary>
    public bool HasLists => Groups.Any(group => group.Responses.Count > 2);

    /// <summary>Pairs that nobody decided: they are in the loss, not in the ranking.</summary>
    public int Ties => _pairs.Sum(pairs => pairs.Count(pair => pair.Label == 0.5));

    /// <summary>All compared pairs.</summary>
    public int PairCount => _pairs.Sum(pairs => pairs.Length);

    /// <summary>Mean of r(chosen) − r(rejected); null without pairs.</summary>
    public double? Margin => PairCount > 0 ? _pairs.SelectMany(pairs => pairs).Average(pair => pair.Difference) : null;

    /// <summary>Which decided pairs are ranked as labelled, and how well the differences say so.</summary>
    public PairRanking Ranking => PairRanking.Of([.. Labels], [.. Differences]);

    /// <summary>For each pair the probability that its chosen side is the better one.</summary>
    public IEnumerable<double> Labels => _pairs.SelectMany(pairs => pairs.Select(pair => pair.Label));

    /// <summary>For each pair r(chosen) − r(rejected).</summary>
    public IEnumerable<double> Differences => _pairs.SelectMany(pairs => pairs.Select(pair => pair.Difference));

    /// <summary>For each pair the number of its prompt.</summary>
    public IEnumerable<int> Owners => _pairs.SelectMany((pairs, group) => pairs.Select(_ => group));

    /// <summary>Pairs of each prompt ranked as labelled, and how many of them were decided; prompts without one are left out.</summary>
    public IReadOnlyList<(double Correct, int Count)> CorrectByPrompt =>
    [
        .. _pairs.Select(pairs => PairRanking.Of([.. pairs.Select(pair => pair.Label)], [.. pairs.Select(pair => pair.Difference)]).Correct)
            .Where(correct => correct.Count > 0).Select(correct => (correct.Sum(), correct.Count)),
    ];

    /// <summary>1 for each prompt with one best response whose reward is the highest, 0 for each other such prompt.</summary>
    public IReadOnlyList<double> BestFound
    {
        get
        {
            var found = new List<double>();
            var at = 0;
            foreach (var group in Groups)
            {
                if (group.Best is { } best)
                {
                    var others = Enumerable.Range(0, group.Ranks.Length).Where(i => i != best && group.Ranks[i] >= 0);
                    found.Add(others.All(i => Rewards[at + best] > Rewards[at + i]) ? 1 : 0);
                }

                at += group.Responses.Count;
            }

            return found;
        }
    }

    /// <summary>Adds accuracy, margin and the range of the rewards to what is being logged.</summary>
    public void AddTo(MetricMeans metrics)
    {
        if (PairCount > 0)
        {
            var correct = Ranking.Correct;
            metrics.Add("accuracy", correct.DefaultIfEmpty().Average(), correct.Count);
            metrics.Add("margin", Margin!.Value, PairCount);
        }

        if (HasLists && BestFound is { Count: > 0 } best)
        {
            metrics.Add("best_accuracy", best.Average(), best.Count);
        }

        metrics.Add("min_reward", Rewards.Min());
        metrics.Add("mean_reward", Rewards.Average(), Rewards.Length);
        metrics.Add("max_reward", Rewards.Max());
        if (Disagreement is { } disagreement)
        {
            metrics.Add("disagreement", disagreement, Rewards.Length);
        }
    }

    /// <summary>The same of held-out groups, with their loss and calibration.</summary>
    /// <param name="loss">Of the training.</param>
    /// <param name="scale">Of the ratings, where they are what is learned.</param>
    public IReadOnlyList<KeyValuePair<string, double>> Metrics(RewardLoss loss, RatingScale? scale = null)
    {
        var metrics = new MetricMeans();
        using var scope = NewDisposeScope();
        metrics.Add("loss", loss.Compute(Groups, tensor(Rewards)).sum().ToDouble() / Groups.Sum(loss.Weight));
        AddTo(metrics);
        if (PairCount > 0 && Ranking.CalibrationError is { } error)
        {
            metrics.Add("ece", error);
        }

        if (scale is { } units)
        {
            var fit = Fit(units);
            metrics.Add("rmse", fit.Rmse);
            if (fit.Correlation is { } correlation)
            {
                metrics.Add("correlation", correlation);
            }
        }

        return metrics.Take();
    }

    /// <summary>How well the ratings are predicted.</summary>
    public RatingFit Fit(RatingScale scale)
    {
        var rated = Groups.SelectMany(group => group.Responses.Select((_, i) => i < group.Ratings.Length ? group.Ratings[i] : double.NaN))
            .Zip(Rewards, (rating, reward) => (Rating: rating, Predicted: scale.Mean + (scale.Std * reward))).Where(pair => !double.IsNaN(pair.Rating)).ToList();
        var correlation = Correlation.Pearson(rated.Select(pair => pair.Rating), rated.Select(pair => pair.Predicted));
        return new(Math.Sqrt(rated.Average(pair => (pair.Rating - pair.Predicted) * (pair.Rating - pair.Predicted))), double.IsFinite(correlation) ? correlation : null);
    }

    private static (double Label, double Difference)[][] Compared(IReadOnlyList<ResponseGroup> groups, double[] rewards)
    {
        var all = new (double Label, double Difference)[groups.Count][];
        var at = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var start = at;
            all[i] = [.. groups[i].Pairs.Select(pair => (pair.Label, rewards[start + pair.Chosen] - rewards[start + pair.Rejected]))];
            at += groups[i].Responses.Count;
        }

        return all;
    }
}
