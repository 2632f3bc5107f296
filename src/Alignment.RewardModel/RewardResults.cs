using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.RewardModel;

/// <summary>What the stage found out: <c>results.json</c> and the manifest's measures. What was not measured is null.</summary>
/// <param name="Accuracy">Share of decided held-out pairs that are ranked as labelled, with its 95 % bootstrap interval over prompts.</param>
/// <param name="BestAccuracy">Share of held-out prompts with three or more responses whose best one has the highest reward, with its interval.</param>
/// <param name="Margin">Mean of r(chosen) − r(rejected) on the held-out pairs.</param>
/// <param name="Ece">Expected calibration error on the decided held-out pairs.</param>
/// <param name="Temperature">T of σ(difference / T), fitted on the held-out pairs and stored with the model.</param>
/// <param name="EceCalibrated">The calibration error with temperatures that were fitted on the other half of the prompts.</param>
/// <param name="Reliability">Confidence of the choice against the share of choices that came true.</param>
/// <param name="Rating">Of ratings.</param>
/// <param name="Disagreement">Of an ensemble: standard deviation over the heads, mean over the held-out responses.</param>
/// <param name="Prompts">Held-out prompts; of pairs the pairs.</param>
/// <param name="Pairs">Held-out pairs, ties included.</param>
/// <param name="Ties">Held-out pairs with label 0.5.</param>
/// <param name="RewardMean">Mean raw reward on the reference samples.</param>
/// <param name="RewardStd">Its standard deviation.</param>
internal sealed record RewardResults(
    Interval? Accuracy, Interval? BestAccuracy, double? Margin, double? Ece, double? Temperature, double? EceCalibrated, IReadOnlyList<CalibrationBin>? Reliability,
    RatingFit? Rating, double? Disagreement, int Prompts, int Pairs, int Ties, double RewardMean, double RewardStd)
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "results.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Puts the numbers together.</summary>
    /// <param name="scores">The held-out groups; null without any.</param>
    /// <param name="scale">Of the ratings that were learned; null without.</param>
    /// <param name="moments">Mean and standard deviation of the reference samples' rewards.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static RewardResults Of(GroupScores? scores, RatingScale? scale, (double Mean, double Std) moments, long seed)
    {
        if (scores is null)
        {
            return new(null, null, null, null, null, null, null, null, null, 0, 0, 0, moments.Mean, moments.Std);
        }

        double[] labels = [.. scores.Labels], differences = [.. scores.Differences];
        var ranking = PairRanking.Of(labels, differences);
        var calibrated = TemperatureFit.CrossFitted(labels, differences, [.. scores.Owners]);
        return new(
            scores.CorrectByPrompt is { Count: > 0 } correct ? Bootstrap.MeanOfUnits(correct, seed) : null,
            scores.HasLists && scores.BestFound is { Count: > 0 } best ? Bootstrap.Mean(best, seed) : null,
            scores.Margin,
            ranking.CalibrationError,
            TemperatureFit.Of(labels, differences),
            calibrated is null ? null : PairRanking.Of(labels, calibrated).CalibrationError,
            ranking.Reliability is { Count: > 0 } bins ? bins : null,
            scale is { } units ? scores.Fit(units) : null,
            scores.Disagreement,
            scores.Groups.Count,
            scores.PairCount,
            scores.Ties,
            moments.Mean,
            moments.Std);
    }

    /// <summary>Writes the file, notes the numbers in the manifest and draws the reliability.</summary>
    public void Write(StageSession session)
    {
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, FileName), JsonSerializer.Serialize(this, Format) + "\n");
        session.Count("eval/ties", Ties);
        (string Name, double? Value)[] measures =
        [
            ("reward_mean", RewardMean), ("reward_std", RewardStd), ("margin", Margin), ("accuracy", Accuracy?.Mean), ("accuracy_ci_low", Accuracy?.Low), ("accuracy_ci_high", Accuracy?.High),
            ("best_accuracy", BestAccuracy?.Mean), ("ece", Ece), ("ece_calibrated", EceCalibrated), ("temperature", Temperature),
            ("rmse", Rating?.Rmse), ("correlation", Rating?.Correlation), ("disagreement", Disagreement),
        ];
        foreach (var (name, value) in measures)
        {
            if (value is { } number)
            {
                session.Measure(name, number);
            }
        }
    }
}
