using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Rollouts.Rewards;
using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>The metrics of docs/metrics.md, as means since the last line; TRL's names and definitions.</summary>
/// <param name="options">Group size, form of the loss.</param>
internal sealed class GrpoMetrics(GrpoOptions options)
{
    /// <summary>Means under way and counters; part of a checkpoint.</summary>
    public MetricMeans Means { get; } = new();

    /// <summary>Adds what is known of responses once they are scored.</summary>
    /// <param name="means">Takes the metrics; the same for training and evaluation.</param>
    /// <param name="rollouts">The responses.</param>
    /// <param name="rewards">As the reward gave them.</param>
    /// <param name="scores">What counts.</param>
    public static void AddResponses(MetricMeans means, IReadOnlyList<Rollout> rollouts, RewardScores rewards, IReadOnlyList<float> scores)
    {
        var rows = rollouts.Count;
        means.Add("reward", scores.Average(score => (double)score), rows);
        foreach (var term in rewards.Terms)
        {
            var values = term.Values.Where(value => !double.IsNaN(value)).ToArray();
            means.Add($"rewards/{term.Name}/mean", values.DefaultIfEmpty(double.NaN).Average(), values.Length);
            means.Add($"rewards/{term.Name}/std", Deviation(values), values.Length);
        }

        var ended = rollouts.Where(rollout => rollout.Ended).ToArray();
        AddLengths(means, "length", rollouts);
        AddLengths(means, "terminated_length", ended);
        means.Add("completions/clipped_ratio", (double)(rows - ended.Length) / rows, rows);
        means.Add("completions/repetition", rollouts.Average(rollout => Repetition.Of(rollout.Response)), rows);
    }

    /// <summary>Adds the groups of a step.</summary>
    /// <param name="groups">All that were sampled.</param>
    public void AddGroups(SampledGroups groups)
    {
        AddResponses(Means, groups.Rollouts, groups.Rewards, groups.Scores);
        var scores = groups.Scores.Select(score => (double)score).Chunk(options.NumGenerations).ToArray();
        var single = options.NumGenerations == 1;
        Means.Add("reward_std", single ? Deviation([.. scores.SelectMany(group => group)]) : scores.Average(Deviation), scores.Length);
        if (!single)
        {
            Means.Add("frac_reward_zero_std", scores.Average(group => group.All(score => score == group[0]) ? 1.0 : 0.0), scores.Length);
        }

        if (options.FilterEqualRewards)
        {
            Means.Add("frac_dropped", 1 - ((double)groups.Kept.Length / groups.Rollouts.Count), groups.Rollouts.Count);
        }

        Means.Count("num_tokens", groups.Rollouts.Sum(rollout => rollout.Length));
    }

    /// <summary>Adds the distance from the reference.</summary>
    /// <param name="means">Takes the metrics; the same for training and evaluation.</param>
    /// <param name="rollouts">With log-probs of both.</param>
    /// <returns>Mean over the responses of the KL by k1, in nats.</returns>
    public static double AddKl(MetricMeans means, RolloutBatch rollouts)
    {
        var rows = rollouts.Rollouts.Count;
        var tokens = rollouts.Lengths.Sum();
        means.Add("kl", RolloutMetrics.Kl(rollouts, KlEstimator.K3) * rows / tokens, tokens);
        var kl = RolloutMetrics.Kl(rollouts, KlEstimator.K1);
        means.Add("objective/kl", kl, rows);
        return kl;
    }

    /// <summary>Adds how many responses have an advantage of 0 at every token, or are masked, so that nothing is learned from them.</summary>
    /// <param name="rollouts">Those of the updates.</param>
    /// <param name="advantages">[B], or [B, R].</param>
    public void AddAdvantages(RolloutBatch rollouts, Tensor advantages)
    {
        using var scope = NewDisposeScope();
        var perToken = advantages.dim() == 1 ? advantages.unsqueeze(1) : advantages.masked_fill(rollouts.Mask.logical_not(), 0);
        var largest = perToken.abs().cpu().max(1).values.data<float>().ToArray(); // [B]
        var idle = largest.Where((value, row) => value == 0 || (options.MaskTruncatedCompletions && !rollouts.Rollouts[row].Ended)).Count();
        Means.Add("frac_zero_advantages", (double)idle / largest.Length, largest.Length);
    }

    /// <summary>Adds an update.</summary>
    public void AddUpdate(UpdateSums sums, double norm)
    {
        Means.Add("loss", sums.Loss);
        Means.Add("grad_norm", norm);
        Means.Add("entropy", sums.Entropy / sums.Tokens, sums.Tokens);
        if (options.LossType is PolicyLossKind.Cispo)
        {
            Means.Add("cispo_clip_ratio", sums.HighClipped / sums.Counted, sums.Counted);
        }
        else if (options.LossType is not (PolicyLossKind.Sapo or PolicyLossKind.Vespo or PolicyLossKind.Reinforce))
        {
            Means.Add("clip_ratio/low_mean", sums.LowClipped / sums.Counted, sums.Counted);
            Means.Add("clip_ratio/high_mean", sums.HighClipped / sums.Counted, sums.Counted);
            Means.Add("clip_ratio/region_mean", (sums.LowClipped + sums.HighClipped) / sums.Counted, sums.Counted);
        }
    }

    private static void AddLengths(MetricMeans means, string name, IReadOnlyCollection<Rollout> rollouts)
    {
        if (rollouts.Count > 0)
        {
            means.Add($"completions/mean_{name}", rollouts.Average(rollout => rollout.Response.Length), rollouts.Count);
            means.Add($"completions/min_{name}", rollouts.Min(rollout => rollout.Response.Length));
            means.Add($"completions/max_{name}", rollouts.Max(rollout => rollout.Response.Length));
        }
    }

    private static double Deviation(double[] values)
    {
        if (values.Length < 2)
        {
            return 0;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
