using Alignment.Training.Statistics;
using MathNet.Numerics.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>
/// A statistic that is a function of sums over units, with the percentile bootstrap over those units (Efron and Tibshirani 1993, section 13.3). The coefficients of
/// agreement are all of this kind, so a resample only adds up what each unit contributes.
/// </summary>
/// <param name="size">Length of the sums.</param>
internal sealed class UnitSums(int size)
{
    private const double Tail = 0.025; // 95 %

    private readonly List<(int Index, double Value)[]> _units = [];

    /// <summary>Adds a unit by what it contributes to which sums. A unit that contributes nothing still counts as drawn.</summary>
    public void Add(IEnumerable<(int Index, double Value)> contributions) => _units.Add([.. contributions]);

    /// <summary>The sums over all units.</summary>
    public double[] Total()
    {
        var sums = new double[size];
        foreach (var unit in _units)
        {
            Accumulate(sums, unit);
        }

        return sums;
    }

    /// <summary>The statistic with its 95 % interval. Resamples in which it is not defined do not count.</summary>
    /// <param name="statistic">Of the sums; NaN where it is not defined.</param>
    /// <param name="resampling">How often and with which seed.</param>
    /// <returns>Null when it is not defined for the units as they are.</returns>
    public Interval? Estimate(Func<double[], double> statistic, Resampling resampling) => EstimateAll(sums => [statistic(sums)], resampling)[0];

    /// <summary>Several statistics, with the same resamples for all of them.</summary>
    /// <param name="statistics">Of the sums; NaN where one is not defined.</param>
    /// <param name="resampling">How often and with which seed.</param>
    /// <returns>Null for one that is not defined for the units as they are.</returns>
    public Interval?[] EstimateAll(Func<double[], double[]> statistics, Resampling resampling)
    {
        var estimates = statistics(Total());
        if (!estimates.Any(double.IsFinite))
        {
            return new Interval?[estimates.Length];
        }

        var random = resampling.Random();
        List<double>[] draws = [.. estimates.Select(_ => new List<double>(resampling.Count))];
        var sums = new double[size];
        for (var draw = 0; draw < resampling.Count; draw++)
        {
            Array.Clear(sums);
            for (var i = 0; i < _units.Count; i++)
            {
                Accumulate(sums, _units[random.Next(_units.Count)]);
            }

            foreach (var (values, value) in draws.Zip(statistics(sums)))
            {
                if (double.IsFinite(value))
                {
                    values.Add(value);
                }
            }
        }

        return [.. estimates.Zip(draws, Around)];
    }

    private static Interval? Around(double estimate, List<double> draws)
    {
        if (!double.IsFinite(estimate))
        {
            return null;
        }

        double[] sorted = [.. draws.Order()];
        return sorted.Length == 0
            ? new(estimate, estimate, estimate)
            : new(estimate, SortedArrayStatistics.Quantile(sorted, Tail), SortedArrayStatistics.Quantile(sorted, 1 - Tail));
    }

    private static void Accumulate(double[] sums, (int Index, double Value)[] unit)
    {
        foreach (var (index, value) in unit)
        {
            sums[index] += value;
        }
    }
}
