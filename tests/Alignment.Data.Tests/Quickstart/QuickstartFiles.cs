using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using QuickstartData;

namespace Alignment.Data.Tests.Quickstart;

/// <summary>The committed files of <c>data/quickstart</c> and the questions they were drawn from.</summary>
internal static class QuickstartFiles
{
    public static readonly string[] Names =
    [
        "corpus.jsonl", "dev_prompts.jsonl", "eval_prompts.jsonl", "heldout_cluster.jsonl", "preferences.jsonl", "preferences_eval.jsonl",
        "prompts.jsonl", "sft.jsonl",
    ];

    public static readonly World World = new(DataSet.Seed);

    public static readonly Dictionary<Split, Dictionary<string, Question>> Questions = Enum.GetValues<Split>()
        .ToDictionary(split => split, split => DataSet.Questions(World, split, DataSet.Seed).DistinctBy(q => q.Text).ToDictionary(q => q.Text));

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(ThisFile(), "..", "..", "..", "..", "data", "quickstart"));

    public static JsonObject[] Read(string name) =>
        [.. File.ReadLines(Path.Combine(Folder, name)).Select(line => JsonNode.Parse(line)!.AsObject())];

    public static string Text(this JsonObject row, string column) => row[column]!.GetValue<string>();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
