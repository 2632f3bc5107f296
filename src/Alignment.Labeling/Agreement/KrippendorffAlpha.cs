using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>
/// Agreement beyond chance for any number of annotators, any overlap and missing ratings: α = 1 − (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck over the coincidences o_ck of
/// values within units (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", sections C and D). δ² is 1 for different values (nominal), or
/// (Σ_{g=c..k} n_g − (n_c + n_k)/2)² (ordinal).
/// </summary>
public static class KrippendorffAlpha
{
    /// <summary>α for categories without an order.</summary>
    /// <param name="data">The ratings; units with fewer than two count for nothing.</param>
    /// <param name="resampling">For the interval over units.</param>
    /// <returns>Null when there are no pairs, or all ratings are the same.</returns>
    public static Interval? Nominal(RatedUnits data, Resampling resampling) => Estimate(data, resampling, (_, _, _) => 1);

    /// <summary>α for categories that stand in their order.</summary>
    /// <param name="data">The ratings; units with fewer than two count for nothing.</param>
    /// <param name="resampling">For the interval over units.</param>
    /// <returns>Null when there are no pairs, or all ratings are the same.</returns>
    public static Interval? Ordinal(RatedUnits data, Resampling resampling) => Estimate(data, resampling, (totals, c, k) =>
    {
        var between = -(totals[c] + totals[k]) / 2;
        for (var g = Math.Min(c, k); g <= Math.Max(c, k); g++)
        {
            between += totals[g];
        }

        return between * between;
    });

    private static Interval? Estimate(RatedUnits data, Resampling resampling, Func<double[], int, int, double> distance)
    {
        var size = data.Categories;
        var sums = new UnitSums(size * size); // the coincidence matrix
        foreach (var unit in data.Units.Where(unit => unit.Count >= 2))
        {
            var counts = data.Counts(unit);
            var cells = from c in Enumerable.Range(0, size)
                        from k in Enumerable.Range(0, size)
                        let pairs = counts[c] * (c == k ? counts[k] - 1 : counts[k])
                        where pairs > 0
                        select ((c * size) + k, pairs / (unit.Count - 1.0));
            sums.Add(cells);
        }

        return sums.Estimate(coincidences => Alpha(coincidences, size, distance), resampling);
    }

    private static double Alpha(double[] coincidences, int size, Func<double[], int, int, double> distance)
    {
        var totals = new double[size];
        for (var i = 0; i < coincidences.Length; i++)
        {
            totals[i / size] += coincidences[i];
        }

        double observed = 0, expected = 0;
        for (var c = 0; c < size; c++)
        {
            for (var k = 0; k < size; k++)
            {
                if (c != k)
                {
                    var apart = distance(totals, c, k);
                    observed += coincidences[(c * size) + k] * apart;
                    expected += totals[c] * totals[k] * apart;
                }
            }
        }

        return expected > 0 ? 1 - ((totals.Sum() - 1) * observed / expected) : double.NaN;
    }
}
