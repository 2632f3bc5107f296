using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>What was made of the tasks.</summary>
/// <param name="Seed">Of all draws.</param>
/// <param name="Tasks">Each task, in the order of the options.</param>
/// <param name="Subsets">Training sets of the ablation, the smallest first.</param>
public sealed record InstructionReport(long Seed, IReadOnlyList<TaskReport> Tasks, IReadOnlyList<InstructionSubset> Subsets)
{
    /// <summary>The training file.</summary>
    public const string TrainFile = "train.jsonl";

    /// <summary>Held-out rows with options.</summary>
    public const string HeldOutFile = "held_out.jsonl";

    /// <summary>Held-out rows with free answers.</summary>
    public const string HeldOutPromptsFile = "held_out_prompts.jsonl";

    /// <summary>This report.</summary>
    public const string FileName = "report.json";

    /// <summary>Held-out rows in other forms than zero-shot.</summary>
    public IReadOnlyList<HeldOutReport> HeldOutForms { get; init; } = [];

    /// <summary>Rows of the training file.</summary>
    public long Rows => Tasks.Where(task => !task.HeldOut).Sum(task => task.Written);

    /// <summary>Rows for evaluation.</summary>
    public long HeldOutRows => Tasks.Where(task => task.HeldOut).Sum(task => task.Written);

    /// <summary>A kind's name in files.</summary>
    /// <param name="kind">The kind.</param>
    public static string NameOf(InstructionKind kind) => kind switch
    {
        InstructionKind.ZeroShot => "zero_shot",
        InstructionKind.FewShot => "few_shot",
        InstructionKind.ChainOfThought => "chain_of_thought",
        _ => "inverted",
    };

    /// <summary>The report as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["seed"] = Seed,
        ["rows"] = Rows,
        ["held_out_rows"] = HeldOutRows,
        ["clusters"] = new JsonObject(Tasks.GroupBy(task => task.Cluster, StringComparer.Ordinal).Select(cluster => KeyValuePair.Create(cluster.Key, (JsonNode?)new JsonObject
        {
            ["held_out"] = cluster.First().HeldOut,
            ["tasks"] = cluster.Count(),
            ["rows"] = cluster.Sum(task => task.Written),
        }))),
        ["kinds"] = new JsonObject(Tasks.Where(task => !task.HeldOut).SelectMany(task => task.Kinds).GroupBy(pair => pair.Key, StringComparer.Ordinal).OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Sum(pair => pair.Value)))),
        ["tasks"] = new JsonObject(Tasks.Select(task => KeyValuePair.Create(task.Name, (JsonNode?)Of(task)))),
        ["held_out_forms"] = new JsonObject(HeldOutForms.Select(form => KeyValuePair.Create(form.Folder, (JsonNode?)new JsonObject
        {
            ["rows"] = form.Rows,
            ["tasks"] = new JsonObject(form.Tasks.Select(task => KeyValuePair.Create(task.Name, (JsonNode?)task.Written))),
            ["dropped"] = new JsonArray([.. form.Tasks.SelectMany(task => task.Dropped.All.Select(one => new JsonObject { ["task"] = task.Name, ["reason"] = one.What, ["rows"] = one.Count, ["first"] = one.First }))]),
        }))),
        ["ablation"] = new JsonArray([.. Subsets.Select(subset => new JsonObject
        {
            ["clusters"] = subset.Clusters.Count,
            ["names"] = new JsonArray([.. subset.Clusters.Select(name => (JsonNode)name)]),
            ["tasks"] = subset.Tasks,
            ["rows"] = subset.Rows,
        })]),
    };

    /// <summary>The text of <see cref="FileName"/>.</summary>
    public string ToText() => ToJson().ToJsonString(new JsonSerializerOptions(JsonOutput.Options) { WriteIndented = true, NewLine = "\n" }) + "\n";

    private static JsonObject Of(TaskReport task) => new()
    {
        ["cluster"] = task.Cluster,
        ["held_out"] = task.HeldOut,
        ["files"] = new JsonArray([.. task.Files.Select(file => (JsonNode)file)]),
        ["records"] = task.Records,
        ["usable"] = task.Rows,
        ["drawn"] = task.Drawn,
        ["rate"] = Math.Round(task.Rate, 9),
        ["rows"] = task.Written,
        ["kinds"] = new JsonObject(task.Kinds.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["templates"] = new JsonObject(task.Templates.Select(pair => KeyValuePair.Create(FormattableString.Invariant($"{pair.Key.Kind}/{pair.Key.Template}"), (JsonNode?)pair.Value))),
        ["prompt_characters"] = Math.Round(task.PromptCharacters, 3),
        ["completion_characters"] = Math.Round(task.CompletionCharacters, 3),
        ["shots"] = Math.Round(task.Shots, 3),
        ["not_usable"] = List(task.Left),
        ["dropped"] = List(task.Dropped),
    };

    private static JsonArray List(Remarks remarks) =>
        [.. remarks.All.Select(one => new JsonObject { ["reason"] = one.What, ["rows"] = one.Count, ["first"] = one.First })];
}
