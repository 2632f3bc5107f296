using Alignment.Objectives;
using Alignment.Training.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>What is known of responses once they are scored: the metrics of docs/metrics.md, with nothing counted past a response's end.</summary>
public static class RolloutMetrics
{
    /// <summary>Mean over the responses of the summed KL from the reference, in nats.</summary>
    /// <param name="rollouts">Scored, with a reference.</param>
    /// <param name="estimator">Which estimator.</param>
    public static double Kl(RolloutBatch rollouts, KlEstimator estimator)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return rollouts.Kl(estimator).sum().ToDouble() / rollouts.Rollouts.Count;
    }

    /// <summary>Mean over the responses of Σ −log π, in nats.</summary>
    /// <param name="rollouts">Scored.</param>
    public static double Surprise(RolloutBatch rollouts)
    {
        using var scope = NewDisposeScope();
        return -rollouts.LogProbs.sum().ToDouble() / rollouts.Rollouts.Count;
    }

    /// <summary>Adds the metrics under <c>objective/</c>, <c>val/</c> and <c>completions/</c> that PPO and online DPO have in common.</summary>
    /// <param name="means">Takes the metrics; the same for training and evaluation.</param>
    /// <param name="rollouts">Scored.</param>
    /// <param name="estimator">The chosen estimator.</param>
    /// <param name="klCoefficient">β; null leaves out what depends on it.</param>
    /// <returns>The mean over responses of the KL by the chosen estimator, in nats.</returns>
    public static double AddObjective(MetricMeans means, RolloutBatch rollouts, KlEstimator estimator, double? klCoefficient)
    {
        var rows = rollouts.Rollouts.Count;
        void Add(string name, double value) => means.Add(name, value, rows);

        var kl = Kl(rollouts, estimator);
        var score = rollouts.Scores.Average(value => (double)value);
        Add("objective/kl", kl);
        Add("objective/kl_k1", Kl(rollouts, KlEstimator.K1));
        Add("objective/kl_k3", Kl(rollouts, KlEstimator.K3));
        Add("objective/entropy", Surprise(rollouts));
        Add("objective/scores", score);
        if (rollouts.Rewards?.Disagreement is { } disagreement)
        {
            Add("objective/reward_disagreement", disagreement.Average());
        }

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
        Add("completions/repetition", rollouts.Rollouts.Average(rollout => Repetition.Of(rollout.Response)));
        return kl;
    }

    /// <summary>Mean |sampler's − scorer's log-prob| over the response tokens.</summary>
    /// <param name="rollouts">Scored.</param>
    public static double SamplingDifference(RolloutBatch rollouts)
    {
        using var scope = NewDisposeScope();
        var scored = rollouts.LogProbs.cpu().data<float>().ToArray(); // B·R
        var sum = rollouts.Rollouts.SelectMany((rollout, row) => rollout.SampledLogProbs.Select((sampled, t) => Math.Abs((double)sampled - scored[(row * rollouts.Width) + t]))).Sum();
        return sum / rollouts.Lengths.Sum();
    }
}
