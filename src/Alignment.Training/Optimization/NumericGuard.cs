using System.Globalization;

namespace Alignment.Training.Optimization;

/// <summary>Stops a run whose numbers broke.</summary>
public static class NumericGuard
{
    private const int ShownRows = 16;

    /// <summary>Lets a finite number pass.</summary>
    /// <param name="value">The number.</param>
    /// <param name="what">Its name in the message: <c>loss</c>, <c>gradient norm</c>.</param>
    /// <param name="step">The optimizer step under way.</param>
    /// <param name="rowIds">The rows it comes from, as <c>file:line</c>.</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <exception cref="NumericFailureException">It is NaN or infinite.</exception>
    public static double Finite(double value, string what, long step, IReadOnlyList<string> rowIds)
    {
        if (double.IsFinite(value))
        {
            return value;
        }

        var rows = string.Join(", ", rowIds.Take(ShownRows)) + (rowIds.Count > ShownRows ? $" and {rowIds.Count - ShownRows} more" : "");
        throw new NumericFailureException(
            $"{what} is {value.ToString(CultureInfo.InvariantCulture)} at step {step}, on rows {rows}; nothing was updated with it and the last checkpoint is good. "
            + "Look at these rows, or lower learning_rate, or use dtype: fp32");
    }
}
