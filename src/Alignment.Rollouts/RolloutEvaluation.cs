using Alignment.Data.Rows;
using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Answers to the held-out prompts, drawn with the same chances at every evaluation, scored like rollouts.</summary>
/// <param name="prompts">Held-out prompts.</param>
/// <param name="rowsAtOnce">Answers sampled together.</param>
/// <param name="microRows">Rows in a model at once.</param>
/// <param name="sampler">Draws the answers.</param>
/// <param name="scorer">Scores them.</param>
/// <param name="device">Where the models are.</param>
/// <param name="withLogProbs">Whether log-probabilities are asked for too.</param>
public sealed class RolloutEvaluation(
    IReadOnlyList<PromptExample> prompts, int rowsAtOnce, int microRows, RolloutSampler sampler, RolloutScorer scorer, Device device, bool withLogProbs = true)
{
    /// <summary>Evaluates.</summary>
    /// <param name="add">Adds what is known of some scored answers.</param>
    /// <param name="reported">The metrics that are reported.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Metrics, names with <c>eval_</c>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Dictionary<string, double> Run(Action<MetricMeans, RolloutBatch> add, Func<string, bool> reported, CancellationToken cancel)
    {
        var means = new MetricMeans();
        for (var from = 0; from < prompts.Count; from += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var rollouts = new RolloutBatch(sampler.Sample([.. prompts.Skip(from).Take(rowsAtOnce)], $"evaluation/{from}", cancel), device);
            var rows = Enumerable.Range(0, rollouts.Rollouts.Count).OrderByDescending(row => rollouts.Rollouts[row].Length).Chunk(microRows).ToArray();
            if (withLogProbs)
            {
                scorer.LogProbs(rollouts, rows);
            }

            scorer.Rewards(rollouts, rows, cancel);
            add(means, rollouts);
        }

        return means.Take().Where(pair => reported(pair.Key)).ToDictionary(pair => "eval_" + pair.Key, pair => pair.Value);
    }
}
