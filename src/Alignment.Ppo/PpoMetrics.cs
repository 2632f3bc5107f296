using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Training.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>The metrics of docs/metrics.md, as means since the last line; TRL's names and definitions, but nothing is counted past a response's end.</summary>
internal sealed class PpoMetrics
{
    private readonly List<double> _ratios = [];
    private int _updates;

    /// <summary>Means under way and counters; part of a checkpoint.</summary>
    public MetricMeans Means { get; } = new();

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
    public void AddUpdate(UpdateSums sums, double? mixLoss, double? policyNorm, double valueNorm)
    {
        _updates++;
        if (policyNorm is { } norm)
        {
            _ratios.Add(sums.MeanRatio);
            Means.Add("policy/approxkl_avg", sums.ApproxKl / sums.Tokens, sums.Tokens);
            Means.Add("policy/clipfrac_avg", sums.PolicyClipped / sums.Tokens, sums.Tokens);
            Means.Add("policy/entropy_avg", sums.Entropy / sums.Tokens, sums.Tokens);
            Means.Add("loss/policy_avg", sums.PolicyLoss);
            Means.Add("val/ratio", sums.MeanRatio);
            Means.Add("grad_norm", norm);
        }

        Means.Add("loss/value_avg", sums.ValueLoss);
        Means.Add("val/clipfrac_avg", sums.ValueClipped / sums.States, sums.States);
        if (mixLoss is { } loss)
        {
            Means.Add("loss/pretraining_avg", loss);
        }

        Means.Add("value_grad_norm", valueNorm);
    }

    /// <summary>Closes the updates of a step.</summary>
    public void EndUpdates()
    {
        Means.Add("policy/updates", _updates);
        if (_ratios.Count > 0)
        {
            var mean = _ratios.Average();
            Means.Add("val/ratio_var", _ratios.Count < 2 ? 0 : _ratios.Sum(ratio => (ratio - mean) * (ratio - mean)) / (_ratios.Count - 1));
        }

        _ratios.Clear();
        _updates = 0;
    }
}
