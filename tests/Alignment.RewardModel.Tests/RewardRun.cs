using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;
using Alignment.Tests;

namespace Alignment.RewardModel.Tests;

/// <summary>
/// A temporary folder with a tokenizer, a random language model, pairs that one word decides ("gladly" is better than "never") and a
/// pipeline file, and the stage run on it in its own process.
/// </summary>
internal sealed class RewardRun : IDisposable
{
    public const string Separable = """
          reward:
            kind: reward
            model: ROOT/base/model
            train: [ROOT/train.jsonl]
            eval: [ROOT/eval.jsonl]
            data: { max_length: 64 }
            training: { max_steps: 40, batch_size: 8, learning_rate: 0.01, log_every: 5, eval_every: 20, save_every: 10 }

        """;

    public const string Normalized = """
            normalization: { prompts: [ROOT/prompts.jsonl], samples: 24, max_new_tokens: 16 }

        """;

    private static readonly string[] Things = ["red bird", "blue fish", "old man", "small dog", "tall tree", "warm bread"];
    private static readonly string[] Places = ["in the sea", "under the tree", "by the house", "on the road"];

    public RewardRun(string stages)
    {
        Directory.CreateDirectory(Root);
        var pairs = Pairs().ToArray();
        TokenizerTraining.Run(pairs.Select(row => $"{row["prompt"]}{row["chosen"]}{row["rejected"]}"), new TokenizerTrainingOptions { VocabSize = 320 }, At("tokenizer"));
        WriteRows("train.jsonl", pairs.Where((_, i) => i % 4 != 0));
        WriteRows("eval.jsonl", pairs.Where((_, i) => i % 4 == 0));
        WriteRows("prompts.jsonl", pairs.Take(10).Select(row => new JsonObject { ["prompt"] = row["prompt"]!.DeepClone() }));
        TinyLlama.Write(At("base", "model"), At("tokenizer"), layers: 2, maxPositions: 96, seed: 3);
        File.WriteAllText(At("pipeline.yaml"), $"name: tiny\noutput: {Root}\nstages:\n{stages.Replace("ROOT", Root)}");
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "reward-" + Path.GetRandomFileName());

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public void WriteRows(string name, IEnumerable<JsonObject> rows) => File.WriteAllLines(At(name), rows.Select(row => row.ToJsonString()));

    public JsonObject Results(string stage) => JsonNode.Parse(File.ReadAllText(At(stage, "results.json")))!.AsObject();

    public List<JsonObject> Metrics(params string[] stage) => StageProcess.MetricRows(At(stage));

    /// <summary>Runs the stage to its end.</summary>
    public (int ExitCode, string Error) Run(string stage, string? runFolder = null, params string[] more) => StageProcess.Run(typeof(Program), Arguments(stage, runFolder, more));

    /// <summary>Runs the stage until its log says something, then kills it.</summary>
    public void Kill(string stage, string runFolder, string at)
    {
        var (code, text) = Stop(stage, runFolder, at, StageProcess.Kill);
        code.ShouldBe(128 + StageProcess.Kill, text);
    }

    /// <summary>Runs the stage until its log says something, then asks it to stop.</summary>
    public (int ExitCode, string Error) Stop(string stage, string runFolder, string at, int signal = StageProcess.Terminate) =>
        StageProcess.Run(typeof(Program), Arguments(stage, runFolder, []), text => text.Contains(at, StringComparison.Ordinal), signal);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string[] Arguments(string stage, string? runFolder, string[] more) => ["--config", At("pipeline.yaml"), "--stage", stage, "--run-dir", runFolder ?? Root, .. more];

    private static IEnumerable<JsonObject> Pairs()
    {
        for (var i = 0; i < Things.Length * Places.Length * 3; i++)
        {
            var (thing, place) = (Things[i % Things.Length], Places[i / Things.Length % Places.Length]);
            yield return new JsonObject
            {
                ["prompt"] = $"Will the {thing} stay {place}?",
                ["chosen"] = i % 3 == 0 ? $" Gladly {place}." : $" The {thing} gladly stays.",
                ["rejected"] = i % 2 == 0 ? $" Never {place}." : $" The {thing} never stays.",
            };
        }
    }
}
