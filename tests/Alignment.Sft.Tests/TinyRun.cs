using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;
using Alignment.Tests;

namespace Alignment.Sft.Tests;

/// <summary>A temporary folder with a tokenizer, a few rows and a pipeline file, and the stage run on it in its own process.</summary>
internal sealed class TinyRun : IDisposable
{
    private const string Texts = "the red bird sings in the tree|a blue fish swims in the sea|the old man eats bread and fish|a small dog runs to the red tree";

    public TinyRun(string stages)
    {
        Directory.CreateDirectory(Root);
        TokenizerTraining.Run(Rows().Select(row => row["text"]!.GetValue<string>()), new TokenizerTrainingOptions { VocabSize = 280 }, At("tokenizer"), default);
        WriteRows("text.jsonl", Rows());
        WriteRows("pairs.jsonl", Rows().Select(row => row["text"]!.GetValue<string>().Split(' ', 4)).Select(words => new JsonObject
        {
            ["prompt"] = $"What does {words[0]} {words[1]} {words[2]} do?",
            ["completion"] = words[3],
        }));
        File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}\nstages:\n{stages.Replace("ROOT", Root)}");
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "sft-" + Path.GetRandomFileName());

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void WriteRows(string name, IEnumerable<JsonObject> rows) => File.WriteAllLines(At(name), rows.Select(row => row.ToJsonString()));

    /// <summary>Runs the stage to its end, or kills it after a time or when something is so.</summary>
    public (int ExitCode, string Error) Run(string stage, TimeSpan? killAfter = null, string? runFolder = null, Func<bool>? killWhen = null)
    {
        var watch = Stopwatch.StartNew();
        return StageProcess.Run(
            typeof(Program),
            ["--config", At("pipeline.yaml"), "--stage", stage, "--run-dir", runFolder ?? Root],
            killAfter is null && killWhen is null ? null : _ => watch.Elapsed > killAfter || killWhen?.Invoke() == true);
    }

    /// <summary>The metrics of a stage without what depends on the clock.</summary>
    public static string[] Metrics(string stageFolder) => StageProcess.MetricLines(stageFolder);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static IEnumerable<JsonObject> Rows()
    {
        string[] texts = Texts.Split('|');
        for (var i = 0; i < 24; i++)
        {
            yield return new JsonObject { ["text"] = $"{texts[i % texts.Length]} and {texts[(i * 3 + 1) % texts.Length]}" };
        }
    }
}
