using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>Answers to the held-out prompts, drawn with the same chances at every evaluation, scored like rollouts.</summary>
/// <param name="options">Batch sizes, estimator.</param>
/// <param name="models">Policy, reference, reward.</param>
/// <param name="prompts">Held-out prompts.</param>
/// <param name="sampler">Draws the answers.</param>
/// <param name="scorer">Scores them.</param>
internal sealed class PpoEvaluation(PpoOptions options, PpoModels models, IReadOnlyList<PromptExample> prompts, RolloutSampler sampler, RolloutScorer scorer)
{
    private static readonly string[] Reported =
        ["objective/scores", "objective/kl", "objective/entropy", "val/missing_eos_ratio", "completions/mean_length"];

    /// <summary>Evaluates.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Metrics, names with <c>eval_</c>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Dictionary<string, double> Run(CancellationToken cancel)
    {
        var means = new MetricMeans();
        var microRows = options.Training.EvalBatchSize ?? options.Training.BatchSize;
        for (var from = 0; from < prompts.Count; from += options.RolloutBatchSize)
        {
            using var scope = NewDisposeScope();
            var rollouts = new RolloutBatch(
                sampler.Sample([.. prompts.Skip(from).Take(options.RolloutBatchSize)], $"evaluation/{from}", cancel), ScorePlacement.LastToken, models.Policy.Device);
            var rows = Enumerable.Range(0, rollouts.Rollouts.Count).OrderByDescending(row => rollouts.Rollouts[row].Length);
            scorer.Score(rollouts, rows.Chunk(microRows), withValues: false);
            PpoMetrics.AddRollouts(means, rollouts, options.KlEstimator, klCoefficient: null);
        }

        return means.Take().Where(pair => Reported.Contains(pair.Key)).ToDictionary(pair => "eval_" + pair.Key, pair => pair.Value);
    }
}
