using System.ComponentModel;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Evaluation.OverOptimization;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Evaluation;

/// <summary>Everything that changes the result of an evaluation.</summary>
public sealed record EvaluationOptions : IValidatedOptions
{
    private const string Preferred = "sft";

    /// <summary>The models to compare, by the names that the tables show.</summary>
    [InputPath]
    [Description("name: model folder or stage:NAME, for each model to compare")]
    public required IReadOnlyDictionary<string, string> Models { get; init; }

    /// <summary>Runs whose checkpoints are compared too.</summary>
    [InputPath]
    [Description("name: stage:NAME/checkpoints, for each run whose checkpoints are compared too, as NAME@STEP; the run's training.keep_last decides how many there are")]
    public IReadOnlyDictionary<string, string> Checkpoints { get; init; } = new Dictionary<string, string>();

    /// <summary>The model that the KL divergence is to.</summary>
    [Description("name of the model that the KL divergence is to; sft where there is one, else the first")]
    public string? Reference { get => field ?? DefaultName; init; }

    /// <summary>The model that the win rate is against.</summary>
    [Description("name of the model that the win rate is against; sft where there is one, else the first")]
    public string? Baseline { get => field ?? DefaultName; init; }

    /// <summary>Held-out prompts.</summary>
    [InputPath]
    [Description("files of held-out prompts; other columns serve the rewards")]
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>The gold reward: a function of the response's text.</summary>
    [Description("terms of the gold reward, a function of the response's text; left out, there is no gold reward and no win rate")]
    public IReadOnlyList<RewardSpec> Rewards { get; init; } = [];

    /// <summary>Scores responses, by its normalised reward.</summary>
    [InputPath]
    [Description("reward model folder, or stage:NAME, or a list of them for an ensemble; left out, there is no reward-model score")]
    public IReadOnlyList<string> RewardModel { get; init; } = [];

    /// <summary>How several reward models, or the heads of one, are put together; null: models by their mean, heads as their folder says.</summary>
    [Description("mean, min or lower_confidence (mean - reward_confidence * standard deviation): how several reward models, or the heads of one, are put together, held-out ones too; left out: models by their mean, heads as their folder says")]
    public RewardAggregation? RewardAggregation { get; init; }

    /// <summary>c of lower_confidence among models; heads have that of their folder.</summary>
    [Description("standard deviations that lower_confidence takes off among several models; heads of one model have their folder's")]
    public double RewardConfidence { get; init; } = 1;

    /// <summary>Scores responses, and was not trained against.</summary>
    [InputPath]
    [Description("folder or stage:NAME, or a list of them, of a reward model that nothing was trained against, such as one of other pairs or another seed; shows over-optimisation of reward_model")]
    public IReadOnlyList<string> HeldOutRewardModel { get; init; } = [];

    /// <summary>Samples of the reference among which <see cref="RewardModel"/> chooses.</summary>
    [Description("samples of the reference for each prompt, from which best-of-n by reward_model is worked out for n = 1, 2, 4, ... up to this; the yardstick of the over-optimisation report; 1: none")]
    public int BestOf { get; init; } = 1;

    /// <summary>Held-out pairs for the reward model.</summary>
    [InputPath]
    [Description("files of held-out preference pairs, for the reward model's accuracy and calibration")]
    public IReadOnlyList<string> Preferences { get; init; } = [];

    /// <summary>Prompts with responses to choose from.</summary>
    [InputPath]
    [Description("files of rows with prompt, choices and choice (index of the right one) or answer (its text), for zero-shot accuracy")]
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>How files become examples.</summary>
    [Description("how files become examples; max_length is of prompt and response together")]
    public DataOptions Data { get; init; } = new();

    /// <summary>How responses are drawn.</summary>
    [Description("how responses are drawn")]
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Responses to each prompt.</summary>
    [Description("responses to each prompt")]
    public int Samples { get; init; } = 1;

    /// <summary>Resamples behind each interval.</summary>
    [Description("resamples behind each 95 % interval")]
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Responses side by side.</summary>
    [Description("responses side by side in memory")]
    public int BatchSize { get; init; } = 64;

    /// <summary>Where to compute.</summary>
    [Description("cpu, cuda or cuda:N")]
    public string Device { get; init; } = "cpu";

    /// <summary>Number type of the matrix products.</summary>
    [Description("number type of matrix products")]
    public ComputePrecision Dtype { get; init; } = ComputePrecision.Fp32;

    /// <summary>Whether rewards are shown over the KL divergence.</summary>
    internal bool ShowsOverOptimization => RewardModel.Count > 0 && (Checkpoints.Count > 0 || BestOf > 1);

    private string? DefaultName => Models is not { Count: > 0 } ? null : Models.ContainsKey(Preferred) ? Preferred : Models.Keys.First();

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        var names = string.Join(", ", Models.Keys);
        (bool Broken, string Text)[] rules =
        [
            (Models.Count == 0, "models is empty; name at least one model"),
            (Models.Keys.Any(string.IsNullOrWhiteSpace), "models has an empty name; give each model one"),
            (Models.Count > 0 && !Models.ContainsKey(Reference!), $"reference is '{Reference}', which is none of the models; use one of {names}"),
            (Models.Count > 0 && !Models.ContainsKey(Baseline!), $"baseline is '{Baseline}', which is none of the models; use one of {names}"),
            (Prompts.Count == 0, "prompts is empty; name at least one file"),
            (HeldOutRewardModel.Count > 0 && RewardModel.Count == 0, "held_out_reward_model is given, but no reward_model to compare it with; add one or remove the option"),
            (BestOf < 1, $"best_of is {BestOf}; it must be at least 1"),
            (BestOf > 1 && RewardModel.Count == 0, $"best_of is {BestOf}, but there is no reward_model to choose by; add one or remove the option"),
            (Checkpoints.ContainsKey(RewardPoint.BestOfN), $"checkpoints has a run called {RewardPoint.BestOfN}, which is the yardstick's name; choose another"),
            (Preferences.Count > 0 && RewardModel.Count == 0, "preferences are given, but no reward_model to rank them; add one or remove the option"),
            (Samples < 1, $"samples is {Samples}; it must be at least 1"),
            (Bootstrap < 100, $"bootstrap is {Bootstrap}; it must be at least 100 for the ends of an interval to mean something"),
            (BatchSize < 1, $"batch_size is {BatchSize}; it must be at least 1"),
            (Sampling.MaxNewTokens >= Data.MaxLength, $"sampling.max_new_tokens is {Sampling.MaxNewTokens}, which leaves no room for a prompt in data.max_length {Data.MaxLength}; change one"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => rule.Text)
            .Concat(RewardModelFolder.Problems(RewardModel, "reward_model", RewardAggregation, RewardConfidence))
            .Concat(RewardModelFolder.Problems(HeldOutRewardModel, "held_out_reward_model", null, 0))
            .Concat(Rewards.GroupBy(spec => spec.ReportedName()).Where(group => group.Count() > 1)
                .Select(group => $"rewards has {group.Count()} terms called '{group.Key}'; give each a name of its own"));
    }
}
