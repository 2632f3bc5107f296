namespace Alignment.Training.Loops;

/// <summary>
/// Which rows a step trains on, as a pure function of the step: epochs follow each other without a gap, so every step has the same
/// number of rows and every row comes once per epoch.
/// </summary>
/// <param name="rowCount">Training rows, at least 1.</param>
/// <param name="rowsPerStep">Rows of an optimizer step, at least 1.</param>
/// <param name="order">Epoch (from 0) to the order of the rows in it.</param>
public sealed class BatchPlan(int rowCount, int rowsPerStep, Func<int, int[]> order)
{
    private (int Epoch, int[] Order)? _current;

    /// <summary>The number of steps that a number of epochs takes, rounded up.</summary>
    /// <param name="epochs">Passes over the rows.</param>
    public long Steps(double epochs) => Math.Max(1, (long)Math.Ceiling(epochs * rowCount / rowsPerStep));

    /// <summary>Passes over the rows after a step.</summary>
    /// <param name="step">Optimizer steps done.</param>
    public double Epoch(long step) => (double)step * rowsPerStep / rowCount;

    /// <summary>The rows of a step.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <returns>Row indices, as many as a step has.</returns>
    public int[] Rows(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        var rows = new int[rowsPerStep];
        for (var i = 0; i < rowsPerStep; i++)
        {
            var position = ((step - 1) * rowsPerStep) + i;
            rows[i] = OrderOf((int)(position / rowCount))[position % rowCount];
        }

        return rows;
    }

    private int[] OrderOf(int epoch)
    {
        if (_current is not { } current || current.Epoch != epoch)
        {
            current = (epoch, order(epoch));
            if (current.Order.Length != rowCount)
            {
                throw new InvalidOperationException($"the order of epoch {epoch} has {current.Order.Length} rows instead of {rowCount}");
            }

            _current = current;
        }

        return current.Order;
    }
}
