using MathNet.Numerics.Statistics;

namespace Alignment.Training.Statistics;

/// <summary>The percentile bootstrap: Efron 1979; Efron and Tibshirani 1993, Section 13.3.</summary>
public static class Bootstrap
{
    private const double Tail = 0.025; // 95 %

    /// <summary>The mean of a sample with its 95 % percentile interval; the same sample and seed give the same interval.</summary>
    /// <param name="values">One value for each independent unit (a prompt, a pair): resampling is over these.</param>
    /// <param name="seed">Of the resampling.</param>
    /// <param name="resamples">How often the sample is drawn anew.</param>
    /// <returns>The mean and its interval.</returns>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static Interval Mean(IReadOnlyList<double> values, long seed, int resamples = 2000)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("an interval needs at least one value", nameof(values));
        }

        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        var means = new double[resamples];
        for (var draw = 0; draw < resamples; draw++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[draw] = sum / values.Count;
        }

        Array.Sort(means);
        return new(values.Average(), SortedArrayStatistics.Quantile(means, Tail), SortedArrayStatistics.Quantile(means, 1 - Tail));
    }
}
