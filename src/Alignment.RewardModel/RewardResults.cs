using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.RewardModel;

/// <summary>What the stage found out: <c>results.json</c> and the manifest's measures.</summary>
/// <param name="Accuracy">Share of decided held-out pairs that are ranked as labelled, with its 95 % bootstrap interval; null without such pairs.</param>
/// <param name="Margin">Mean of r(chosen) − r(rejected) on the held-out pairs; null without any.</param>
/// <param name="Ece">Expected calibration error on the decided held-out pairs; null without such pairs.</param>
/// <param name="Pairs">Held-out pairs, ties included.</param>
/// <param name="Ties">Held-out pairs with label 0.5.</param>
/// <param name="RewardMean">Mean raw reward on the reference samples.</param>
/// <param name="RewardStd">Its standard deviation.</param>
internal sealed record RewardResults(Interval? Accuracy, double? Margin, double? Ece, int Pairs, int Ties, double RewardMean, double RewardStd)
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
    /// <param name="scores">The held-out pairs; null without any.</param>
    /// <param name="moments">Mean and standard deviation of the reference samples' rewards.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static RewardResults Of(PairScores? scores, (double Mean, double Std) moments, long seed)
    {
        var ranking = scores?.Ranking;
        return new(
            ranking?.Correct is { Count: > 0 } correct ? Bootstrap.Mean(correct, seed) : null,
            scores?.Margin,
            ranking?.CalibrationError,
            scores?.Pairs.Count ?? 0,
            scores?.Ties ?? 0,
            moments.Mean,
            moments.Std);
    }

    /// <summary>Writes the file and notes the numbers in the manifest.</summary>
    public void Write(StageSession session)
    {
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, FileName), JsonSerializer.Serialize(this, Format) + "\n");
        session.Count("eval/ties", Ties);
        session.Measure("reward_mean", RewardMean);
        session.Measure("reward_std", RewardStd);
        if (Margin is { } margin)
        {
            session.Measure("margin", margin);
        }

        if (Accuracy is { } accuracy && Ece is { } ece)
        {
            session.Measure("accuracy", accuracy.Mean);
            session.Measure("accuracy_ci_low", accuracy.Low);
            session.Measure("accuracy_ci_high", accuracy.High);
            session.Measure("ece", ece);
        }
    }
}
