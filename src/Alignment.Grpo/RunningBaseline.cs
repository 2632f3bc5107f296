using System.Globalization;
using Alignment.Training.Runs;

namespace Alignment.Grpo;

/// <summary>The running mean of the scores of earlier steps, b ← d·b + (1 − d)·mean; the first step's own mean before there is one.</summary>
/// <param name="decay">d, in [0, 1).</param>
internal sealed class RunningBaseline(double decay)
{
    private double? _mean;

    /// <summary>Its state, for a checkpoint.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "baseline.txt",
        () => _mean?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        text => _mean = text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>b for the scores of a step, which it follows then.</summary>
    /// <param name="mean">Of the step's scores.</param>
    public double Next(double mean)
    {
        var baseline = _mean ?? mean;
        _mean = (decay * baseline) + ((1 - decay) * mean);
        return baseline;
    }
}
