using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Resolution;

/// <summary>
/// True categories and the annotators' error rates together, by expectation-maximisation (Dawid and Skene 1979). M step: π_jl^(k) = Σ_i T_ij n_il^(k) / Σ_l Σ_i T_ij n_il^(k)
/// (2.3) and p_j = Σ_i T_ij / I (2.4); E step: T_ij ∝ p_j Π_k Π_l (π_jl^(k))^(n_il^(k)) (2.5). It starts from each unit's shares of ratings (3.1).
/// </summary>
public sealed class DawidSkene
{
    private const int MostSteps = 1000;
    private const double Small = 1e-8;

    private DawidSkene(double[][] truth, double[] classes, IReadOnlyDictionary<string, double[,]> errors, double logLikelihood, int steps) =>
        (Truth, Classes, ErrorRates, LogLikelihood, Steps) = (truth, classes, errors, logLikelihood, steps);

    /// <summary>For each unit the probability of each category, T_ij. A unit without ratings has the classes' shares.</summary>
    public IReadOnlyList<double[]> Truth { get; }

    /// <summary>The share of each category, p_j.</summary>
    public IReadOnlyList<double> Classes { get; }

    /// <summary>For each annotator [C, C]: the probability of answering the column's category where the row's is true, π_jl.</summary>
    public IReadOnlyDictionary<string, double[,]> ErrorRates { get; }

    /// <summary>ln of the likelihood at the end.</summary>
    public double LogLikelihood { get; }

    /// <summary>Steps that were taken.</summary>
    public int Steps { get; }

    /// <summary>Fits the model.</summary>
    /// <param name="data">The ratings. Here an annotator may have rated a unit several times.</param>
    public static DawidSkene Fit(RatedUnits data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var size = data.Categories;
        List<int> rated = [.. Enumerable.Range(0, data.Units.Count).Where(i => data.Units[i].Count > 0)];
        double[][] truth = [.. data.Units.Select(unit => data.Counts(unit).Select(count => unit.Count == 0 ? 1.0 / size : count / (double)unit.Count).ToArray())];
        var errors = data.Units.SelectMany(unit => unit).Select(rating => rating.Annotator).Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, _ => new double[size, size], StringComparer.Ordinal);
        var classes = new double[size];
        var likelihood = double.NegativeInfinity;
        for (var step = 1; ; step++)
        {
            Maximise(data, rated, truth, classes, errors);
            var before = likelihood;
            likelihood = Expect(data, rated, truth, classes, errors);
            if (Math.Abs(likelihood - before) <= Small * Math.Max(1, Math.Abs(likelihood)) || step == MostSteps)
            {
                foreach (var i in Enumerable.Range(0, data.Units.Count).Except(rated))
                {
                    truth[i] = [.. classes];
                }

                return new(truth, classes, errors, likelihood, step);
            }
        }
    }

    // (2.3) and (2.4)
    private static void Maximise(RatedUnits data, List<int> rated, double[][] truth, double[] classes, Dictionary<string, double[,]> errors)
    {
        var size = classes.Length;
        Array.Clear(classes);
        foreach (var table in errors.Values)
        {
            Array.Clear(table);
        }

        foreach (var i in rated)
        {
            for (var j = 0; j < size; j++)
            {
                classes[j] += truth[i][j] / rated.Count;
                foreach (var rating in data.Units[i])
                {
                    errors[rating.Annotator][j, rating.Value] += truth[i][j];
                }
            }
        }

        foreach (var table in errors.Values)
        {
            for (var j = 0; j < size; j++)
            {
                var sum = Enumerable.Range(0, size).Sum(l => table[j, l]);
                for (var l = 0; l < size && sum > 0; l++)
                {
                    table[j, l] /= sum;
                }
            }
        }
    }

    // (2.5), in logarithms; gives the log-likelihood (2.7)
    private static double Expect(RatedUnits data, List<int> rated, double[][] truth, double[] classes, Dictionary<string, double[,]> errors)
    {
        var likelihood = 0.0;
        var logs = new double[classes.Length];
        foreach (var i in rated)
        {
            for (var j = 0; j < logs.Length; j++)
            {
                logs[j] = Math.Log(classes[j]);
                foreach (var rating in data.Units[i])
                {
                    logs[j] += Math.Log(errors[rating.Annotator][j, rating.Value]);
                }
            }

            var most = logs.Max();
            var sum = logs.Sum(log => Math.Exp(log - most));
            likelihood += most + Math.Log(sum);
            truth[i] = [.. logs.Select(log => Math.Exp(log - most) / sum)];
        }

        return likelihood;
    }
}
