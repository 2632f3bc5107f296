using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>The share of agreeing pairs: of all pairs of ratings of one unit, over all units. Not corrected for chance.</summary>
public static class RawAgreement
{
    /// <summary>Estimates it.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="resampling">For the interval over units.</param>
    /// <returns>Null when no unit has two ratings.</returns>
    public static Interval? Of(RatedUnits data, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(data);
        var sums = new UnitSums(2); // agreeing pairs, pairs
        foreach (var unit in data.Units)
        {
            var agreeing = data.Counts(unit).Sum(count => count * (count - 1) / 2);
            sums.Add([(0, agreeing), (1, unit.Count * (unit.Count - 1) / 2)]);
        }

        return sums.Estimate(sum => sum[0] / sum[1], resampling);
    }
}
