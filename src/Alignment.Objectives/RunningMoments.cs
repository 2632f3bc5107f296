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
        using var scope = NewDisposeScope();
        var next = Next(ToTensor(), Count, values).cpu().data<double>();
        return new(next[0], next[1], Count + values.numel());
    }

    /// <summary>The same where the numbers are: nothing is read on the host.</summary>
    /// <param name="moments">[2] float64: mean and variance of the numbers so far, on their device or the CPU; see <see cref="ToTensor"/>.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="values">Any shape, not empty.</param>
    /// <returns>[2] float64, without gradient, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">No numbers.</exception>
    public static Tensor Next(Tensor moments, double count, Tensor values)
    {
        var added = values.numel();
        if (added == 0)
        {
            throw new ArgumentException("a batch of no numbers has no mean", nameof(values));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (mean, variance, total) = (moments.select(0, 0), moments.select(0, 1), (float)(count + added));
        var batchMean = values.mean();
        var batchVariance = (values - batchMean).square().mean().to(ScalarType.Float32);
        var delta = batchMean.to(ScalarType.Float32) - mean.to(ScalarType.Float32);
        var oldSum = (variance * count).to(ScalarType.Float32) + (delta * delta * (float)count * added / total);
        return stack([mean + (delta * added / total).to(ScalarType.Float64), ((oldSum + (batchVariance * added)) / total).to(ScalarType.Float64)]).MoveToOuterDisposeScope();
    }

    /// <summary>Mean and variance for <see cref="Next"/>.</summary>
    /// <returns>[2] float64 on the CPU, owned by the caller's dispose scope.</returns>
    public Tensor ToTensor() => tensor([Mean, Variance]);
}
