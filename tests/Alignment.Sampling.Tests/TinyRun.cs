using System.Text.Json.Nodes;
using Alignment.Tests;

namespace Alignment.Sampling.Tests;

/// <summary>A tiny world and the stage run on it.</summary>
internal sealed class TinyRun : TinyWorld
{
    public const string Options = """
          sample:
            kind: sample
            model: ROOT/policy
            reward_model: ROOT/rm
            prompts: [ROOT/prompts.jsonl]
            write: [all, best_of_n, rejection, pairs]
            samples: 4
            keep_cut: true
            data: { max_length: 64, template: chatml, cache: "" }
            sampling: { max_new_tokens: 8 }

        """;

    public TinyRun(string stages = Options, int prompts = 10)
        : base(stages) => WriteRows("prompts.jsonl", Enumerable.Range(0, prompts).Select(i => new JsonObject { ["prompt"] = $"What does bird {i} do?", ["answer"] = "sings" }));

    /// <summary>Runs the stage in this process.</summary>
    public int Main(string runFolder, params string[] more) => Program.Main(["--config", At("pipeline.yaml"), "--run-dir", runFolder, .. more]);

    /// <summary>Runs the stage in a process of its own, to its end or until it is killed.</summary>
    public (int ExitCode, string Text) Start(string runFolder, Func<bool>? when = null, params string[] more) =>
        StageProcess.Run(typeof(Program), ["--config", At("pipeline.yaml"), "--run-dir", runFolder, .. more], when is null ? null : _ => when());

    /// <summary>The rows of a file that the stage wrote.</summary>
    public static List<JsonObject> Rows(string runFolder, string file) =>
        [.. File.ReadAllLines(Path.Combine(runFolder, "sample", file)).Select(line => JsonNode.Parse(line)!.AsObject())];
}
