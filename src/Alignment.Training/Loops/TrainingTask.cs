using Alignment.Core.Memory;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>The loss of a micro-batch.</summary>
/// <param name="rows">Row indices.</param>
/// <param name="metrics">Takes what else is to be logged, as means with their weights, and counters such as <c>num_tokens</c>.</param>
/// <returns>Σ of the losses over the rows' targets (not their mean), a scalar with gradient; <see cref="TrainingTask.Weight"/> counts the targets.</returns>
public delegate Tensor MicroBatchLoss(int[] rows, MetricMeans metrics);

/// <summary>What a stage gives to <see cref="TrainingLoop"/>.</summary>
public sealed record TrainingTask
{
    /// <summary>The model that is trained, evaluated and saved.</summary>
    public required nn.Module Model { get; init; }

    /// <summary>Whether dropout is on while training; off keeps the model in evaluation mode, with gradients.</summary>
    public bool Dropout { get; init; } = true;

    /// <summary>The number of rows of an epoch.</summary>
    public required int RowCount { get; init; }

    /// <summary>Epoch (from 0) to the order of the rows in it: a pure function.</summary>
    public required Func<int, int[]> Order { get; init; }

    /// <summary>The loss of a micro-batch.</summary>
    public required MicroBatchLoss Loss { get; init; }

    /// <summary>How many targets a row has: supervised tokens for a token loss, 1 for a loss per row or pair. The step's loss is Σ loss / Σ weight.</summary>
    public Func<int, double> Weight { get; init; } = static _ => 1;

    /// <summary>
    /// Whether the loss of a micro-batch is the sum of the losses that its rows have alone, and computing it changes nothing: then this is checked before the
    /// first step. False for losses that compare the rows of a batch, or remember earlier batches.
    /// </summary>
    public bool RowsAreIndependent { get; init; }

    /// <summary>The sources that rows come from, whose shares are logged as <c>source/NAME</c>; none: there is one only.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The source of a row, an index of <see cref="Sources"/>.</summary>
    public Func<int, int> SourceOf { get; init; } = static _ => 0;

    /// <summary>A row's name in messages, <c>file:line</c>.</summary>
    public required Func<int, string> RowId { get; init; }

    /// <summary>
    /// Metrics on held-out rows, names without <c>eval_</c>; runs without gradients, in evaluation mode. Throws
    /// <see cref="OperationCanceledException"/> when cancelled. Null evaluates never.
    /// </summary>
    public Func<CancellationToken, IEnumerable<KeyValuePair<string, double>>>? Evaluate { get; init; }

    /// <summary>Called after each optimizer step with its number, before metrics, evaluation and checkpoint.</summary>
    public Action<long>? AfterStep { get; init; }

    /// <summary>What the training will take of the memory; said before the start, with what was reached at the end.</summary>
    public MemoryEstimate? Memory { get; init; }

    /// <summary>What else a checkpoint holds: the stage's generators and its own state.</summary>
    public IReadOnlyList<CheckpointPart> Parts { get; init; } = [];
}
