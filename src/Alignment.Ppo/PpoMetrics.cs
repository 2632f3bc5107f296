using Alignment.Objectives;
using Alignment.Training.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>The metrics of docs/metrics.md, as means since the last line; TRL's names and definitions, but nothing is counted past a response's end.</summary>
internal sealed class PpoMetrics
{
    private readonly List<double> _ratios = [];

    /// <summary>Means under way and counters; part of a checkpoint.</summary>
    public MetricMeans Means { get; } = new();

    /// <summary>Adds what is known once the responses are scored.</summary>
    /// <param name="means">Takes the metrics; the same for training and evaluation.</param>
    /// <param name="rollouts">Scored.</param>
    /// <param name="estimator">The chosen estimator.</param>
    /// <param name="klCoefficient">β; null leaves out what depends on it.</param>
    /// <returns>The mean over responses of the KL by the chosen estimator, in nats.</returns>
    public static double AddRollouts(MetricMeans means, RolloutBatch rollouts, KlEstimator estimator, double? klCoefficient)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rows = rollouts.Rollouts.Count;
        double Kl(KlEstimator kind) => KlEstimators.PerToken(rollouts.LogProbs, rollouts.ReferenceLogProbs, kind).sum().ToDouble() / rows;
        void Add(string name, double value) => means.Add(name, value, rows);

        var kl = Kl(estimator);
        var score = rollouts.Scores.Average(value => (double)value);
        Add("objective/kl", kl);
        Add("objective/kl_k1", Kl(KlEstimator.K1));
        Add("objective/kl_k3", Kl(KlEstimator.K3));
        Add("objective/entropy", -rollouts.LogProbs.sum().ToDouble() / rows);
        Add("objective/scores", score);
        if (klCoefficient is { } beta)
        {
            Add("objective/kl_coef", beta);
            Add("objective/non_score_reward", -beta * kl);
            Add("objective/rlhf_reward", score - (beta * kl));
        }

        var missing = rollouts.Rollouts.Count(rollout => !rollout.Ended);
        Add("val/num_eos_tokens", rows - missing);
        Add("val/missing_eos_ratio", (double)missing / rows);
        Add("val/sampling_logp_difference", SamplingDifference(rollouts));
        Add("completions/mean_length", rollouts.Lengths.Average());
        Add("completions/clipped_ratio", (double)missing / rows);
        return kl;
    }

    /// <summary>Mean |sampler's − scorer's log-prob| over the response tokens.</summary>
    public static double SamplingDifference(RolloutBatch rollouts)
    {
        using var scope = NewDisposeScope();
        var scored = rollouts.LogProbs.cpu().data<float>().ToArray(); // B·R
        var sum = rollouts.Rollouts.SelectMany((rollout, row) => rollout.SampledLogProbs.Select((sampled, t) => Math.Abs((double)sampled - scored[(row * rollouts.Width) + t]))).Sum();
        return sum / rollouts.Lengths.Sum();
    }

    /// <summary>Adds how well the value model foresaw the returns: 1 − Var(return − value) / Var(return).</summary>
    public void AddValues(RolloutBatch rollouts, Advantages advantages)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var total = Masked.Variance(advantages.Returns, rollouts.ValueMask).ToDouble();
        var left = Masked.Variance(advantages.Returns - rollouts.Values, rollouts.ValueMask).ToDouble();
        Means.Add("val/var_explained", total > 0 ? 1 - (left / total) : 0);
        Means.Count("num_tokens", rollouts.Rollouts.Sum(rollout => rollout.Length));
    }

    /// <summary>Adds an update.</summary>
    public void AddUpdate(UpdateSums sums, double? mixLoss, double policyNorm, double valueNorm)
    {
        _ratios.Add(sums.MeanRatio);
        Means.Add("policy/approxkl_avg", sums.ApproxKl / sums.Tokens, sums.Tokens);
        Means.Add("policy/clipfrac_avg", sums.PolicyClipped / sums.Tokens, sums.Tokens);
        Means.Add("policy/entropy_avg", sums.Entropy / sums.Tokens, sums.Tokens);
        Means.Add("loss/policy_avg", sums.PolicyLoss);
        Means.Add("loss/value_avg", sums.ValueLoss);
        Means.Add("val/clipfrac_avg", sums.ValueClipped / sums.States, sums.States);
        Means.Add("val/ratio", sums.MeanRatio);
        if (mixLoss is { } loss)
        {
            Means.Add("loss/pretraining_avg", loss);
        }

        Means.Add("grad_norm", policyNorm);
        Means.Add("value_grad_norm", valueNorm);
    }

    /// <summary>Closes the updates of a step.</summary>
    public void EndUpdates()
    {
        var mean = _ratios.Average();
        Means.Add("val/ratio_var", _ratios.Count < 2 ? 0 : _ratios.Sum(ratio => (ratio - mean) * (ratio - mean)) / (_ratios.Count - 1));
        _ratios.Clear();
    }
}
