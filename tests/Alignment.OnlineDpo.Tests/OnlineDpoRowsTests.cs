using System.Text.Json.Nodes;
using Alignment.Tests;

namespace Alignment.OnlineDpo.Tests;

public sealed class OnlineDpoRowsTests
{
    private const string Options = """
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            rollout_batch_size: 16
            max_new_tokens: 5
            training: { max_steps: 5, batch_size: 16, learning_rate: 0.003, log_every: 1, save_every: 2 }

        """;

    [Fact]
    public void Run_PromptsOfSeveralSources_HaveTheirSharesAlsoAfterAKill()
    {
        using var run = new TinyRun(Options);
        var pipeline = File.ReadAllText(run.At("pipeline.yaml"));
        File.WriteAllText(run.At("pipeline.yaml"), pipeline.Replace($"train: [{run.Root}/prompts.jsonl]", $"mix: {{ sources: [{{ files: [{run.Root}/prompts.jsonl], weight: 1 }}, {{ files: [{run.Root}/more.jsonl], weight: 3, name: other }}] }}"));
        run.WriteRows("more.jsonl", Enumerable.Range(0, 30).Select(i => new JsonObject { ["prompt"] = $"fish {i}" }));
        run.Main(run.At("whole")).ShouldBe(0);

        // Eight prompts a step: five steps are an epoch of 40.
        var rows = StageProcess.MetricRows(TinyRun.Stage(run.At("whole")));
        rows.Count.ShouldBe(5);
        rows.Average(row => row["source/other"]!.GetValue<double>()).ShouldBe(0.75, 1e-9);

        run.Start(run.At("killed"), StageProcess.Kill, () => StageProcess.LineCount(TinyRun.Stage(run.At("killed"))) >= 3).ExitCode.ShouldBe(128 + StageProcess.Kill);
        run.Start(run.At("killed")).ExitCode.ShouldBe(0);
        StageProcess.MetricLines(TinyRun.Stage(run.At("killed"))).ShouldBe(StageProcess.MetricLines(TinyRun.Stage(run.At("whole"))));
        File.ReadAllBytes(Path.Combine(TinyRun.Stage(run.At("killed")), "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(TinyRun.Stage(run.At("whole")), "model", "model.safetensors")));
    }
}
