using System.ComponentModel;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Templates;
using Alignment.Labeling.Sampling;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>Options of a stage of kind <c>label-export</c>.</summary>
public sealed record LabelExportOptions : IValidatedOptions
{
    private static readonly SelectionOptions Selection = new();

    /// <summary>The models that answer, by the names that the report shows.</summary>
    [InputPath]
    [Description("name: model folder or stage:NAME, for each model that answers")]
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>What they answer.</summary>
    [InputPath]
    [Description("files of prompts; other columns are kept in the tasks")]
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>Answers of each model to each prompt.</summary>
    [Description("answers of each model to each prompt")]
    public int Samples { get; init; } = 2;

    /// <summary>How answers are drawn.</summary>
    [Description("how answers are drawn")]
    public LabelSamplingOptions Sampling { get; init; } = new();

    /// <summary>The chat template of models and reward models.</summary>
    [Description("chat template of models and reward models")]
    public string Template { get; init; } = ChatTemplate.Plain.Name;

    /// <summary>K.</summary>
    [Description("candidates of a task")]
    public int PerTask { get; init; } = Selection.Candidates;

    /// <summary>Which candidates become a task.</summary>
    [Description("which candidates: random, those with the smallest reward margin, or those on which reward models disagree most")]
    public SelectionKind Select { get; init; } = Selection.Select;

    /// <summary>The models whose rewards choose.</summary>
    [InputPath]
    [Description("reward model folders or stage:NAME, for select: margin (one, or several put together) and disagreement (two or more)")]
    public IReadOnlyList<string> RewardModels { get; init; } = [];

    /// <summary>How several reward models, or the heads of one, are put together for a candidate's reward and its margin.</summary>
    [Description("mean, min or lower_confidence: how several reward models, or the heads of one, are put together for a candidate's reward and its margin; left out: models by their mean, heads as their folder says")]
    public RewardAggregation? RewardAggregation { get; init; }

    /// <summary>c of lower_confidence among models.</summary>
    [Description("standard deviations that lower_confidence takes off among several models")]
    public double RewardConfidence { get; init; } = 1;

    /// <summary>The most tasks of a prompt.</summary>
    [Description("most tasks of a prompt")]
    public int PerPrompt { get; init; } = Selection.PerPrompt;

    /// <summary>The most tasks.</summary>
    [Description("most tasks; all when left out")]
    public int? Tasks { get; init; }

    /// <summary>How many annotators decide a task of the overlap share.</summary>
    [Description("annotators who decide a task of the overlap share")]
    public int Overlap { get; init; } = Selection.Overlap;

    /// <summary>The share of tasks with that overlap.</summary>
    [Description("share of tasks with that overlap; one annotator decides each of the others")]
    public double OverlapShare { get; init; } = Selection.OverlapShare;

    /// <summary>Pairs whose better side is known.</summary>
    [InputPath]
    [Description("preference files whose better side is known, to be mixed in")]
    public IReadOnlyList<string> Gold { get; init; } = [];

    /// <summary>The share of gold tasks among all.</summary>
    [Description("share of gold tasks among all")]
    public double GoldShare { get; init; } = Selection.GoldShare;

    /// <summary>What annotators are told.</summary>
    [InputPath]
    [Description("Markdown file with the guidelines for annotators")]
    public string? Guidelines { get; init; }

    /// <summary>Answers side by side.</summary>
    [Description("answers side by side in memory")]
    public int BatchSize { get; init; } = 32;

    /// <summary>Where models run.</summary>
    [Description("cpu, cuda or cuda:N")]
    public string Device { get; init; } = "cpu";

    /// <summary>Number type of matrix products.</summary>
    [Description("number type of matrix products")]
    public ComputePrecision Dtype { get; init; } = ComputePrecision.Fp32;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (Models.Count == 0, "models is empty; name at least one model"),
            (Prompts.Count == 0, "prompts is empty; name at least one file"),
            (Samples < 1, $"samples is {Samples}; it must be at least 1"),
            (BatchSize < 1, $"batch_size is {BatchSize}; it must be at least 1"),
            (!ChatTemplate.Names.Contains(Template), $"template is '{Template}'; use one of {string.Join(", ", ChatTemplate.Names)}"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => rule.Text)
            .Concat(RewardModelFolder.Problems(RewardModels, "reward_models", RewardAggregation, RewardConfidence))
            .Concat(ToSelection(0).Problems().Select(problem => problem.StartsWith("candidates ", StringComparison.Ordinal) ? "per_task" + problem["candidates".Length..] : problem));
    }

    /// <summary>The same for the choice of tasks.</summary>
    /// <param name="seed">The stage's.</param>
    internal SelectionOptions ToSelection(long seed) => new()
    {
        Candidates = PerTask,
        Select = Select,
        RewardAggregation = RewardAggregation,
        RewardConfidence = RewardConfidence,
        PerPrompt = PerPrompt,
        Tasks = Tasks,
        Overlap = Overlap,
        OverlapShare = OverlapShare,
        GoldShare = GoldShare,
        Seed = seed,
    };
}
