using Alignment.Training.Metrics;

namespace Alignment.Training.Guards;

/// <summary>Where a metric is out of bounds.</summary>
/// <param name="IsUpper">Whether values above it are, or those below it.</param>
/// <param name="Value">The value, or the factor on the run's own start.</param>
/// <param name="OfStart">Whether it is a factor on the median of the run's first <see cref="StartLines"/> values.</param>
internal sealed record GuardBound(bool IsUpper, double Value, bool OfStart)
{
    /// <summary>How many first values make the start of a run: a median of five is not moved by two odd ones.</summary>
    public const int StartLines = 5;

    /// <summary>Whether a value is out of bounds.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="start">Median of the first values; null while there are too few.</param>
    /// <returns>False while a relative bound has no start, or one that is not above 0 and so has no multiples to compare with.</returns>
    public bool IsBroken(double value, double? start)
    {
        if (OfStart && !(start > 0))
        {
            return false;
        }

        var limit = OfStart ? Value * start!.Value : Value;
        return IsUpper ? value > limit : value < limit;
    }

    /// <summary>The bound in words, such as <c>above 10 × 0.84, the median of its first 5 values</c>.</summary>
    public string Describe(double? start) =>
        $"{(IsUpper ? "above" : "below")} {SvgPlot.Label(Value)}{(OfStart ? $" × {SvgPlot.Label(start ?? 0)}, the median of its first {StartLines} values" : "")}";
}
