using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alignment.Core.Numerics;
using Alignment.Evaluation.OverOptimization;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>What the evaluation found out: <c>results.json</c>.</summary>
/// <param name="Models">The numbers of each model by name, in the order of the options.</param>
/// <param name="RewardModel">The reward model's; null without held-out pairs of which one is decided.</param>
/// <param name="Seconds">How long each other stage of the run took, by name.</param>
internal sealed record EvaluationResults(
    IReadOnlyDictionary<string, ModelResults> Models,
    RewardModelResults? RewardModel,
    IReadOnlyDictionary<string, double> Seconds)
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "results.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Rewards over the KL divergence; null where neither checkpoints nor best-of-n are asked for.</summary>
    [JsonPropertyName("overoptimization")]
    public OverOptimizationResults? OverOptimization { get; init; }

    /// <summary>Puts the numbers together.</summary>
    /// <param name="options">Baseline, samples, resamples.</param>
    /// <param name="sources">The models and checkpoints.</param>
    /// <param name="models">Their scores.</param>
    /// <param name="bestOf">What best-of-n chooses among; null without.</param>
    /// <param name="ranking">Of the held-out pairs; null without any.</param>
    /// <param name="seconds">How long the other stages took.</param>
    /// <param name="seed">The stage's.</param>
    public static EvaluationResults Of(
        EvaluationOptions options,
        IReadOnlyList<ModelSource> sources,
        IReadOnlyList<ModelScores> models,
        BestOfScores? bestOf,
        PairRanking? ranking,
        IReadOnlyDictionary<string, double> seconds,
        long seed)
    {
        var resampling = Seeds.Derive(seed, "bootstrap");
        var baseline = models.Single(model => model.Name == options.Baseline);
        var control = LengthControl.Of(models, options.Reference!, options.Samples);
        var results = models.ToDictionary(model => model.Name, model => ModelResults.Of(model, baseline, options, resampling, control));
        return new(
            results,
            ranking is { CalibrationError: { } error } ? new(Bootstrap.Mean(ranking.Correct, resampling, options.Bootstrap), error) : null,
            seconds)
        {
            OverOptimization = options.ShowsOverOptimization ? OverOptimizationResults.Of(options.Reference!, sources, results, control, bestOf) : null,
        };
    }

    /// <summary>Reads the file.</summary>
    /// <param name="stageFolder">The stage's folder.</param>
    public static EvaluationResults Load(string stageFolder) =>
        JsonSerializer.Deserialize<EvaluationResults>(File.ReadAllText(Path.Combine(stageFolder, FileName)), Format)!;

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>Notes the main numbers in the manifest.</summary>
    /// <param name="session">Takes them.</param>
    public void NoteIn(StageSession session)
    {
        foreach (var (name, model) in Models)
        {
            foreach (var column in ResultColumn.Of(this).Where(column => column.Interval(model) is not null || column.Value(model) is not null))
            {
                session.Measure($"{name}/{column.Key}", column.Interval(model)?.Mean ?? column.Value(model)!.Value);
            }
        }

        if (RewardModel is { } rewardModel)
        {
            session.Measure("reward_model/accuracy", rewardModel.Accuracy.Mean);
            session.Measure("reward_model/ece", rewardModel.Ece);
        }
    }
}
