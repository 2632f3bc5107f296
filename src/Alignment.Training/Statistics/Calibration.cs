namespace Alignment.Training.Statistics;

/// <summary>How far stated probabilities are from observed shares.</summary>
public static class Calibration
{
    /// <summary>
    /// Expected calibration error: Σ_b (n_b / n)·|share of true outcomes in b − mean probability in b| over equal-width bins of the
    /// probability (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, Eq. 3).
    /// </summary>
    /// <param name="probabilities">Each in [0, 1].</param>
    /// <param name="outcomes">What came true, in the same order.</param>
    /// <param name="bins">How many bins [0, 1] is cut into.</param>
    /// <returns>In [0, 1]; 0 for a perfectly calibrated predictor.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, are empty, or a probability lies outside [0, 1].</exception>
    public static double ExpectedError(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes, int bins = 10) =>
        Bins(probabilities, outcomes, bins).Sum(bin => bin.Count * Math.Abs(bin.Share - bin.Probability)) / probabilities.Count;

    /// <summary>The reliability diagram: the bins that hold something, by rising probability.</summary>
    /// <param name="probabilities">Each in [0, 1].</param>
    /// <param name="outcomes">What came true, in the same order.</param>
    /// <param name="bins">How many bins [0, 1] is cut into.</param>
    /// <exception cref="ArgumentException">The lists differ in length, are empty, or a probability lies outside [0, 1].</exception>
    public static IReadOnlyList<CalibrationBin> Bins(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes, int bins = 10)
    {
        if (probabilities.Count != outcomes.Count || probabilities.Count == 0)
        {
            throw new ArgumentException($"got {probabilities.Count} probabilities and {outcomes.Count} outcomes", nameof(outcomes));
        }

        var sums = new (int Count, double Probability, int True)[bins];
        for (var i = 0; i < probabilities.Count; i++)
        {
            var p = probabilities[i];
            if (p is not (>= 0 and <= 1))
            {
                throw new ArgumentException($"probability {i} is {p}, outside [0, 1]", nameof(probabilities));
            }

            ref var bin = ref sums[Math.Min((int)(p * bins), bins - 1)];
            bin = (bin.Count + 1, bin.Probability + p, bin.True + (outcomes[i] ? 1 : 0));
        }

        return [.. sums.Where(bin => bin.Count > 0).Select(bin => new CalibrationBin(bin.Count, bin.Probability / bin.Count, (double)bin.True / bin.Count))];
    }
}
