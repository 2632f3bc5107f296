using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Tests;

namespace Alignment.Dpo.Tests;

/// <summary>A temporary folder with a tiny policy, pairs and a pipeline file, and the stage run on it in its own process.</summary>
internal sealed class TinyRun : IDisposable
{
    public const int Context = 48;

    private static readonly string[] Subjects = ["the red bird", "a blue fish", "the old man", "a small dog"];
    private static readonly string[] Good = ["sings in the tree", "swims in the sea", "eats bread", "runs home"];
    private static readonly string[] Bad = ["is", "swims and swims and swims", "no no no", "who knows"];

    /// <param name="stage">The stage's options as YAML, indented by four; ROOT stands for the folder.</param>
    public TinyRun(string stage)
    {
        Directory.CreateDirectory(Root);
        TokenizerTraining.Run(Subjects.Concat(Good).Concat(Bad), new TokenizerTrainingOptions { VocabSize = 270, MinFrequency = 1 }, At("tokenizer"));
        WriteModel("policy", seed: 1);
        WriteRows("train.jsonl", Pairs(0, 24));
        WriteRows("eval.jsonl", Pairs(24, 6));
        WritePipeline(stage);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "dpo-" + Path.GetRandomFileName());

    /// <summary>The stage's folder.</summary>
    public string Stage => At("dpo");

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void WriteRows(string name, IEnumerable<JsonObject> rows) => File.WriteAllLines(At(name), rows.Select(row => row.ToJsonString()));

    public void WritePipeline(string stage) =>
        File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}\nstages:\n  dpo:\n    kind: dpo\n{stage.Replace("ROOT", Root)}");

    /// <summary>A random model with the run's tokenizer.</summary>
    public void WriteModel(string name, long seed, int width = 16, string tokenizer = "tokenizer")
    {
        var tokens = TextTokenizer.Load(At(tokenizer));
        using var model = ModelFolder.CreateCausalLm(Config(tokens, width), seed);
        ModelFolder.Save(model, At(name), new() { CopyTokenizer = tokens.CopyTo });
    }

    public static ModelConfig Config(TextTokenizer tokens, int width = 16) => new()
    {
        ModelType = "llama",
        VocabularySize = tokens.VocabularySize,
        Width = width,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = width / 2,
        InnerWidth = 2 * width,
        MaxPositions = Context,
        TiedEmbeddings = true,
        BosId = tokens.BosId,
        EosIds = [tokens.EosId],
        PadId = tokens.PadId,
    };

    /// <summary>Runs the stage to its end.</summary>
    public (int ExitCode, string Output) Run(string? runFolder = null, params string[] more) => StageProcess.Run(typeof(Program), Arguments(runFolder, more));

    /// <summary>Runs the stage until it has written some lines of metrics, then sends it a signal.</summary>
    public int Stop(string runFolder, int lines, int signal = StageProcess.Kill) =>
        StageProcess.Run(typeof(Program), Arguments(runFolder, []), _ => StageProcess.LineCount(Path.Combine(runFolder, "dpo")) >= lines, signal).ExitCode;

    /// <summary>The metrics of a stage without what depends on the clock.</summary>
    public static string[] Metrics(string stageFolder) => StageProcess.MetricLines(stageFolder);

    public static List<JsonObject> Rows(string stageFolder) => StageProcess.MetricRows(stageFolder);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string[] Arguments(string? runFolder, string[] more) => ["--config", At("pipeline.yaml"), "--run-dir", runFolder ?? Root, .. more];

    private static IEnumerable<JsonObject> Pairs(int from, int count) => Enumerable.Range(from, count).Select(i => new JsonObject
    {
        ["prompt"] = $"{Subjects[i % 4]} {i}:",
        ["chosen"] = $" {Good[(i / 4) % 4]}",
        ["rejected"] = $" {Bad[(i / 4 + i) % 4]}",
        ["label"] = i % 5 == 4 ? 0.5 : 1,
    });
}
