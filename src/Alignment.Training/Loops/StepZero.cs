using System.Globalization;
using Alignment.Training.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>
/// What must hold before the first step whatever the model knows: rows of different lengths in one batch have the losses that they have alone. Broken
/// masks, positions, attention over padding or a mean in the place of a sum show here, and nowhere else so early.
/// </summary>
internal static class StepZero
{
    private const int Rows = 4;

    /// <summary>What rounding may make of it, relative to the loss.</summary>
    public static double Tolerance(ComputePrecision precision) => precision == ComputePrecision.Bf16 ? 5e-2 : 1e-4;

    /// <summary>Compares a few rows from all over the data with themselves.</summary>
    /// <param name="task">In evaluation mode.</param>
    /// <param name="options">Micro-batch size, precision.</param>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void Check(TrainingTask task, TrainingOptions options)
    {
        var count = Math.Min(Rows, Math.Min(options.BatchSize, task.RowCount));
        var rows = Enumerable.Range(0, count).Select(i => i * task.RowCount / count).ToArray();
        using var noGrad = no_grad();
        double Loss(params int[] some)
        {
            using var scope = NewDisposeScope();
            var metrics = new MetricMeans();
            var loss = task.Loss(some, metrics).ToDouble();
            metrics.Reads.Read(); // lets go of what waits
            return loss;
        }

        var alone = rows.Sum(row => Loss(row));
        var together = Loss(rows);
        if (!(Math.Abs(together - alone) <= Tolerance(options.Dtype) * (1 + Math.Abs(alone))))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test before step 1: the rows {string.Join(", ", rows.Select(task.RowId))} have a loss of {together:0.######} in one batch and of {alone:0.######} one by one, so what stands beside a row changes its loss; nothing was trained. Please report this with the options of the run"));
        }
    }
}
