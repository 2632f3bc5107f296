namespace Alignment.Labeling.Agreement;

/// <summary>
/// Agreement of n ratings a unit beyond chance, whoever gave them: κ = (P̄ − P̄_e) / (1 − P̄_e), P_i = Σ_j n_ij (n_ij − 1) / (n (n − 1)), P̄_e = Σ_j p_j²
/// (Fleiss 1971, equations 2 to 7). It wants the same n for every unit, so units with another number of ratings are left out.
/// </summary>
public static class FleissKappa
{
    /// <summary>Estimates κ over the units with the most frequent number of ratings, two or more; of two equally frequent ones the higher.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="resampling">For the interval over units.</param>
    public static FleissResult Of(RatedUnits data, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(data);
        var raters = data.Units.Where(unit => unit.Count >= 2).GroupBy(unit => unit.Count)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).FirstOrDefault()?.Key ?? 0;
        var used = data.Units.Where(unit => raters > 0 && unit.Count == raters).ToList();
        var (agreement, units) = (data.Categories, data.Categories + 1);
        var sums = new UnitSums(data.Categories + 2); // n_j for each category, ΣP_i, N
        foreach (var unit in used)
        {
            var counts = data.Counts(unit);
            var agreed = counts.Sum(count => count * (count - 1)) / (double)(raters * (raters - 1));
            sums.Add([.. counts.Select((count, j) => (j, (double)count)), (agreement, agreed), (units, 1)]);
        }

        var kappa = sums.Estimate(sum =>
        {
            var ratings = sum[units] * raters;
            var expected = sum.AsSpan(0, data.Categories).ToArray().Sum(count => count / ratings * (count / ratings));
            return Chance.Corrected(sum[agreement] / sum[units], expected);
        }, resampling);
        return new(kappa, raters, used.Count);
    }
}
