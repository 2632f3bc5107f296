using Alignment.Core.Memory;
using Alignment.Rollouts.Averaging;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Rollouts;

/// <summary>What a stage gives to <see cref="RolloutLoop"/>.</summary>
public sealed record RolloutTask
{
    /// <summary>The stage's kind, for the progress bar.</summary>
    public required string Name { get; init; }

    /// <summary>Intervals, what is kept.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Steps of the run.</summary>
    public required long Total { get; init; }

    /// <summary>Passes over the prompts after a step.</summary>
    public required Func<long, double> Epoch { get; init; }

    /// <summary>
    /// A step, counted from 1: samples, scores, updates. It may throw <see cref="OperationCanceledException"/> as long as it has changed neither
    /// weights nor metrics.
    /// </summary>
    public required Action<long> Step { get; init; }

    /// <summary>Means under way and counters; part of a checkpoint.</summary>
    public required MetricMeans Means { get; init; }

    /// <summary>What a line of metrics of a step has before the means, such as the number of episodes.</summary>
    public required Func<long, IEnumerable<KeyValuePair<string, double>>> Before { get; init; }

    /// <summary>What it has after them, such as the learning rate.</summary>
    public required Func<long, IEnumerable<KeyValuePair<string, double>>> After { get; init; }

    /// <summary>Metrics that are told on the console at each line, with the words for them.</summary>
    public required IReadOnlyList<(string Metric, string Words)> Told { get; init; }

    /// <summary>Metrics on held-out prompts, names with <c>eval_</c>; null evaluates never.</summary>
    public Func<CancellationToken, IReadOnlyDictionary<string, double>>? Evaluate { get; init; }

    /// <summary>The files of a checkpoint whose weights the results are made of.</summary>
    public required IReadOnlyList<CheckpointPart> Weights { get; init; }

    /// <summary>The running average of the policy; null keeps none.</summary>
    public PolicyAverage? Average { get; init; }

    /// <summary>Optimizers, controllers and other state in a checkpoint.</summary>
    public required IReadOnlyList<CheckpointPart> State { get; init; }

    /// <summary>What the training will take of the memory.</summary>
    public MemoryEstimate? Memory { get; init; }
}
