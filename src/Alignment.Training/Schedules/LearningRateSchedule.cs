namespace Alignment.Training.Schedules;

/// <summary>The learning rate as a pure function of the step: nothing to save, nothing to restore.</summary>
/// <remarks>
/// transformers' shapes, except that warm-up at step s of w is s / (w + 1): there the first update has rate 0 and is lost.
/// </remarks>
/// <param name="Shape">What follows the warm-up.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run, at least 1.</param>
/// <param name="WarmupSteps">Steps of linear warm-up, from 0 to <paramref name="TotalSteps"/>.</param>
/// <param name="MinimumRatio">What is left at the end, as a part of the peak, from 0 to 1.</param>
public sealed record LearningRateSchedule(LearningRateShape Shape, long TotalSteps, long WarmupSteps = 0, double MinimumRatio = 0)
{
    /// <summary>Warm-up from either form of the option.</summary>
    /// <param name="totalSteps">Optimizer steps of the whole run.</param>
    /// <param name="steps">Warm-up steps; when null the ratio counts.</param>
    /// <param name="ratio">Warm-up as a part of the run, from 0 to 1; rounded up, as transformers does.</param>
    public static long Warmup(long totalSteps, int? steps, double ratio) =>
        Math.Min(totalSteps, steps ?? (long)Math.Ceiling(totalSteps * ratio));

    /// <summary>The factor on the peak learning rate.</summary>
    /// <param name="step">The optimizer step, counted from 1; steps past the last keep the last one's factor.</param>
    /// <returns>From <see cref="MinimumRatio"/> (0 when warming up) to 1.</returns>
    public double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (step <= WarmupSteps)
        {
            return (double)step / (WarmupSteps + 1);
        }

        // The part of the way down that is behind us: 0 at the first step after the warm-up, below 1 at the last.
        var gone = (double)(Math.Min(step, TotalSteps) - 1 - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps);
        var shape = Shape switch
        {
            LearningRateShape.Linear => 1 - gone,
            LearningRateShape.Cosine => 0.5 * (1 + Math.Cos(Math.PI * gone)),
            LearningRateShape.Constant => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(step), Shape, "unknown learning rate shape"),
        };
        return MinimumRatio + ((1 - MinimumRatio) * shape);
    }
}
