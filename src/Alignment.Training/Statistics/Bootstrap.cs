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
    public static Interval Mean(IReadOnlyList<double> values, long seed, int resamples = 2000) =>
        MeanOfUnits([.. values.Select(value => (value, 1))], seed, resamples);

    /// <summary>The mean over all things of a sample whose units hold several of them, such as a prompt's pairs: they are drawn together.</summary>
    /// <param name="units">For each independent unit the sum over its things, and how many they are, at least 1.</param>
    /// <param name="seed">Of the resampling.</param>
    /// <param name="resamples">How often the sample is drawn anew.</param>
    /// <returns>The mean and its interval.</returns>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static Interval MeanOfUnits(IReadOnlyList<(double Sum, int Count)> units, long seed, int resamples = 2000)
    {
        if (units.Count == 0)
        {
            throw new ArgumentException("an interval needs at least one value", nameof(units));
        }

        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        var means = new double[resamples];
        for (var draw = 0; draw < resamples; draw++)
        {
            var (sum, count) = (0.0, 0L);
            for (var i = 0; i < units.Count; i++)
            {
                var unit = units[random.Next(units.Count)];
                (sum, count) = (sum + unit.Sum, count + unit.Count);
            }

            means[draw] = sum / count;
        }

        Array.Sort(means);
        return new(
            units.Sum(unit => unit.Sum) / units.Sum(unit => (long)unit.Count), SortedArrayStatistics.Quantile(means, Tail), SortedArrayStatistics.Quantile(means, 1 - Tail));
    }
}
