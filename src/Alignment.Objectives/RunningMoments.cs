using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Mean and variance of a stream of numbers, batch by batch (Chan et al. 1979). A batch's share is added in single precision, as TRL does it, so that
/// the two agree to the last digit.
/// </summary>
/// <param name="Mean">Of all numbers so far.</param>
/// <param name="Variance">Of all numbers so far, the biased one; 1 before the first.</param>
/// <param name="Count">How many; 1e-24 before the first.</param>
public readonly record struct RunningMoments(double Mean, double Variance, double Count)
{
    /// <summary>Before the first batch.</summary>
    public static RunningMoments Start { get; } = new(0, 1, 1e-24);

    /// <summary>The mean in single precision, which is what BCO subtracts.</summary>
    public double SingleMean => (float)Mean;

    /// <summary>The moments with one more batch in them.</summary>
    /// <param name="values">Any shape, not empty.</param>
    /// <exception cref="ArgumentException">No numbers.</exception>
    public RunningMoments With(Tensor values)
    {
        var added = values.numel();
        if (added == 0)
        {
            throw new ArgumentException("a batch of no numbers has no mean", nameof(values));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var mean = values.mean();
        var (batchMean, batchVariance) = (mean.ToSingle(), (values - mean).square().mean().ToSingle());
        var delta = batchMean - (float)Mean;
        var total = Count + added;
        var oldSum = (float)(Variance * Count) + (delta * delta * (float)Count * added / (float)total);
        return new(
            Mean + (delta * added / (float)total),
            (oldSum + (batchVariance * added)) / (float)total,
            total);
    }
}
