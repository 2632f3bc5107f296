namespace Alignment.Training.Statistics;

/// <summary>Temperature scaling of pairs: T that makes σ(difference / T) most likely (Guo et al. 2017, arXiv:1706.04599, Section 4.2). It changes no ranking.</summary>
public static class TemperatureFit
{
    private const double Least = 0.01;
    private const double Most = 100;
    private const int Halvings = 100;

    /// <summary>argmin_T of −Σ y·log σ(Δ/T) + (1 − y)·log σ(−Δ/T); the loss is convex in 1/T.</summary>
    /// <param name="labels">y, for each pair the probability that its first side is the better one.</param>
    /// <param name="differences">Δ, r(first) − r(second).</param>
    /// <returns>T; null where the best one lies outside [0.01, 100], as when all pairs are ranked right, or when differences tell nothing.</returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double? Of(IReadOnlyList<double> labels, IReadOnlyList<double> differences)
    {
        if (labels.Count != differences.Count)
        {
            throw new ArgumentException($"got {labels.Count} labels and {differences.Count} differences", nameof(differences));
        }

        var (low, high) = (1 / Most, 1 / Least);
        if (!(Slope(low) < 0 && Slope(high) > 0))
        {
            return null;
        }

        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Slope(middle) < 0 ? (middle, high) : (low, middle);
        }

        return 2 / (low + high);

        // The derivative by 1/T.
        double Slope(double inverse)
        {
            var sum = 0.0;
            for (var i = 0; i < labels.Count; i++)
            {
                sum += ((1 / (1 + Math.Exp(-inverse * differences[i]))) - labels[i]) * differences[i];
            }

            return sum;
        }
    }

    /// <summary>Differences over temperatures that were fitted without them: those of even groups with the odd ones' temperature, and the other way round.</summary>
    /// <param name="labels">See <see cref="Of"/>.</param>
    /// <param name="differences">See <see cref="Of"/>.</param>
    /// <param name="groups">For each pair the number of its prompt; a prompt's pairs stay together.</param>
    /// <returns>In the same order; null where one half fits no temperature.</returns>
    public static double[]? CrossFitted(IReadOnlyList<double> labels, IReadOnlyList<double> differences, IReadOnlyList<int> groups)
    {
        double?[] temperatures = [.. Enumerable.Range(0, 2).Select(half =>
        {
            int[] others = [.. Enumerable.Range(0, groups.Count).Where(i => groups[i] % 2 != half)];
            return Of([.. others.Select(i => labels[i])], [.. others.Select(i => differences[i])]);
        })];
        return temperatures.All(temperature => temperature is not null)
            ? [.. differences.Select((difference, i) => difference / temperatures[groups[i] % 2]!.Value)]
            : null;
    }
}
