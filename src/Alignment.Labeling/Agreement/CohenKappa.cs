using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>
/// Agreement of two annotators beyond chance: κ = (p_o − p_e) / (1 − p_e), with p_o the share of units on which they agree and p_e = Σ_c p_c·q_c from each one's own
/// shares of the categories (Cohen 1960, equation 1). Of several annotators the mean over all pairs is given (Light 1971).
/// </summary>
public static class CohenKappa
{
    /// <summary>κ of a contingency table.</summary>
    /// <param name="table">[C, C] counts or shares: rows by the first annotator's category, columns by the second's.</param>
    /// <returns>NaN when the table is empty or chance alone would make them agree always.</returns>
    public static double Of(double[,] table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var categories = table.GetLength(0);
        var cells = new double[categories * categories];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = table[i / categories, i % categories];
        }

        return Of(cells, categories);
    }

    /// <summary>κ of each pair of annotators who share a unit, and the mean over the pairs.</summary>
    /// <param name="data">The ratings.</param>
    /// <param name="resampling">For the intervals over units.</param>
    /// <returns>Pairs in ordinal order of the names; the mean is null when no pair has a κ.</returns>
    public static (IReadOnlyList<PairAgreement> Pairs, Interval? Mean) Pairwise(RatedUnits data, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(data);
        var size = data.Categories * data.Categories;
        var tables = new SortedDictionary<(string First, string Second), UnitSums>(
            Comparer<(string First, string Second)>.Create((a, b) => string.CompareOrdinal(a.First, b.First) is var first and not 0 ? first : string.CompareOrdinal(a.Second, b.Second)));
        var shared = new Dictionary<(string First, string Second), int>();
        List<((string First, string Second) Pair, int Cell)[]> units = [];
        foreach (var unit in data.Units)
        {
            Rating[] ratings = [.. unit.OrderBy(rating => rating.Annotator, StringComparer.Ordinal)];
            List<((string First, string Second) Pair, int Cell)> cells = [];
            for (var i = 0; i < ratings.Length; i++)
            {
                for (var j = i + 1; j < ratings.Length; j++)
                {
                    var pair = (ratings[i].Annotator, ratings[j].Annotator);
                    var cell = (ratings[i].Value * data.Categories) + ratings[j].Value;
                    cells.Add((pair, cell));
                    if (!tables.TryGetValue(pair, out var table))
                    {
                        tables.Add(pair, table = new UnitSums(size));
                    }

                    table.Add([(cell, 1)]);
                    shared[pair] = shared.GetValueOrDefault(pair) + 1;
                }
            }

            units.Add([.. cells]);
        }

        List<PairAgreement> pairs = [.. tables.Select(entry => new PairAgreement(
            entry.Key.First, entry.Key.Second, shared[entry.Key], entry.Value.Estimate(cells => Of(cells, data.Categories), resampling)))];
        return (pairs, Mean(data.Categories, [.. tables.Keys], units, resampling));
    }

    private static Interval? Mean(
        int categories, List<(string First, string Second)> pairs, List<((string First, string Second) Pair, int Cell)[]> units, Resampling resampling)
    {
        var size = categories * categories;
        var start = pairs.Select((pair, i) => (pair, i)).ToDictionary(one => one.pair, one => one.i * size);
        var sums = new UnitSums(pairs.Count * size);
        foreach (var cells in units)
        {
            sums.Add(cells.Select(one => (start[one.Pair] + one.Cell, 1.0)));
        }

        return sums.Estimate(all =>
        {
            double[] kappas = [.. Enumerable.Range(0, pairs.Count).Select(i => Of(all.AsSpan(i * size, size), categories)).Where(double.IsFinite)];
            return kappas.Length == 0 ? double.NaN : kappas.Average();
        }, resampling);
    }

    private static double Of(ReadOnlySpan<double> cells, int categories)
    {
        double total = 0, agreed = 0, chance = 0;
        for (var c = 0; c < categories; c++)
        {
            double row = 0, column = 0;
            for (var k = 0; k < categories; k++)
            {
                row += cells[(c * categories) + k];
                column += cells[(k * categories) + c];
            }

            total += row;
            agreed += cells[(c * categories) + c];
            chance += row * column;
        }

        return Chance.Corrected(agreed / total, chance / (total * total));
    }
}
