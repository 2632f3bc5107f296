namespace Alignment.Sampling;

/// <summary>What the best of n responses is worth, and how far choosing it goes from the model.</summary>
internal static class BestOfN
{
    /// <summary>
    /// The mean of the best score of n of k responses, over all choices of n: Σ_i C(i − 1, n − 1) / C(k, n) · s_(i) with the scores in rising order
    /// (the estimator of Chen et al. 2021, arXiv:2107.03374, Eq. 1, for maxima). Unbiased for the best of n fresh responses.
    /// </summary>
    /// <param name="scores">k scores.</param>
    /// <param name="n">From 1 to k.</param>
    public static double Mean(IReadOnlyList<double> scores, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, scores.Count);
        var sorted = scores.Order().ToArray();
        var (sum, weight) = (0.0, (double)n / sorted.Length); // the weight of the best one: n / k
        for (var i = sorted.Length; i >= n; i--)
        {
            sum += weight * sorted[i - 1];
            weight *= i > 1 ? (double)(i - n) / (i - 1) : 0;
        }

        return sum;
    }

    /// <summary>log n − (n − 1) / n, in nats: no less than the KL from the model of the choice of the best of n (Stiennon et al. 2020, arXiv:2009.01325, Appendix G.3; Beirami et al. 2024, arXiv:2401.01879: a bound).</summary>
    /// <param name="n">At least 1.</param>
    public static double KlBound(int n) => Math.Log(n) - ((n - 1.0) / n);

    /// <summary>The n that are reported: 1, 2, 4, … up to k, and k.</summary>
    /// <param name="samples">k.</param>
    public static IEnumerable<int> Reported(int samples)
    {
        for (var n = 1; n < samples; n *= 2)
        {
            yield return n;
        }

        yield return samples;
    }
}
