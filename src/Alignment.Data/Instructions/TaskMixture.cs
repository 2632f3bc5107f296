namespace Alignment.Data.Instructions;

/// <summary>Examples-proportional mixing with a maximum rate and a temperature: Raffel et al. 2020 (T5), Section 3.5.2; FLAN, Section 2.4.</summary>
internal static class TaskMixture
{
    /// <summary>r_m = min(e_m, K)^(1/T) / Σ_n min(e_n, K)^(1/T).</summary>
    /// <param name="rows">e_m, rows of each task.</param>
    /// <param name="maxRate">K.</param>
    /// <param name="temperature">T.</param>
    /// <returns>The rates; their sum is 1. All 0 where no task has rows.</returns>
    public static double[] Rates(IReadOnlyList<long> rows, long maxRate, double temperature)
    {
        double[] weights = [.. rows.Select(count => count == 0 ? 0 : Math.Pow(Math.Min(count, maxRate), 1 / temperature))];
        var sum = weights.Sum();
        return sum == 0 ? weights : [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Rows to write of each task.</summary>
    /// <param name="rows">e_m, rows of each task.</param>
    /// <param name="maxRate">K.</param>
    /// <param name="temperature">T.</param>
    /// <param name="total">Rows of the file; null: Σ_m min(e_m, K).</param>
    public static long[] Counts(IReadOnlyList<long> rows, long maxRate, double temperature, long? total)
    {
        var rates = Rates(rows, maxRate, temperature);
        return rates.All(rate => rate == 0) ? new long[rows.Count] : Quota.Apportion(rates, total ?? rows.Sum(count => Math.Min(count, maxRate)));
    }
}
