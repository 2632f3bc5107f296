namespace Alignment.Training.Statistics;

/// <summary>How well reward differences rank labelled pairs. Pairs that nobody decided (label 0.5) do not count.</summary>
/// <param name="Correct">1 for each decided pair whose better side has the higher reward, 0 for each other; equal rewards count as wrong.</param>
/// <param name="CalibrationError">
/// Expected calibration error of the choice: its confidence is σ(|difference|), and it came true when the choice is the label's. The same as binning
/// σ(difference) with every pair in both orders, so that it does not matter which side stands first. Null when no pair is decided.
/// </param>
public sealed record PairRanking(IReadOnlyList<double> Correct, double? CalibrationError)
{
    /// <summary>What the calibration error is made of: confidence of the choice against the share of choices that came true; empty when no pair is decided.</summary>
    public IReadOnlyList<CalibrationBin> Reliability { get; init; } = [];

    private const double Tie = 0.5;

    /// <summary>Compares differences with labels.</summary>
    /// <param name="labels">For each pair the probability that the chosen side is the better one.</param>
    /// <param name="differences">For each pair r(chosen) − r(rejected), in the raw reward's units: the logit of the Bradley-Terry model.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static PairRanking Of(IReadOnlyList<double> labels, IReadOnlyList<double> differences)
    {
        if (labels.Count != differences.Count)
        {
            throw new ArgumentException($"got {labels.Count} labels and {differences.Count} differences", nameof(differences));
        }

        // How much higher the better side is; the label says which side that is.
        double[] advantages = [.. labels
            .Zip(differences, (label, difference) => (label, Advantage: label > Tie ? difference : -difference))
            .Where(pair => pair.label != Tie).Select(pair => pair.Advantage)];
        if (advantages.Length == 0)
        {
            return new([], null);
        }

        double[] confidences = [.. advantages.Select(advantage => 1 / (1 + Math.Exp(-Math.Abs(advantage))))];
        bool[] right = [.. advantages.Select(advantage => advantage > 0)];
        return new([.. right.Select(one => one ? 1.0 : 0)], Calibration.ExpectedError(confidences, right)) { Reliability = Calibration.Bins(confidences, right) };
    }
}
