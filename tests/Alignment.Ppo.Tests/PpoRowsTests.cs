using System.Text.Json.Nodes;
using Alignment.Tests;

namespace Alignment.Ppo.Tests;

public sealed class PpoRowsTests
{
    private const string Options = """
          ppo:
            kind: ppo
            model: ROOT/policy
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            mix: { sources: [{ files: [ROOT/prompts.jsonl], weight: 1 }, { files: [ROOT/more.jsonl], weight: 3, name: other }] }
            data: { template: chatml, max_length: 64 }
            rollout_batch_size: 8
            max_new_tokens: 5
            training: { epochs: 2, batch_size: 4, learning_rate: 0.003, log_every: 1, save_every: 2 }

        """;

    [Fact]
    public void Run_PromptsOfSeveralSources_HaveTheirSharesAlsoAfterAKill()
    {
        using var run = new TinyRun(Options);
        run.WriteRows("more.jsonl", Enumerable.Range(0, 30).Select(i => new JsonObject { ["prompt"] = $"fish {i}" }));
        run.Main(run.At("whole")).ShouldBe(0);

        // 10 and 30 prompts at 1 to 3: an epoch is all 40 of them, two epochs ten steps.
        var counts = JsonNode.Parse(File.ReadAllText(run.At("whole", "ppo", "manifest.json")))!["counts"]!.AsObject();
        (counts["train/epoch/prompts"]!.GetValue<int>(), counts["train/epoch/other"]!.GetValue<int>()).ShouldBe((10, 30));
        var rows = StageProcess.MetricRows(run.At("whole", "ppo"));
        rows.Count.ShouldBe(10);
        rows.Average(row => row["source/other"]!.GetValue<double>()).ShouldBe(0.75, 1e-9);

        run.Start(run.At("killed"), StageProcess.Kill, () => StageProcess.LineCount(run.At("killed", "ppo")) >= 5).ExitCode.ShouldBe(128 + StageProcess.Kill);
        run.Start(run.At("killed")).ExitCode.ShouldBe(0);
        TinyRun.Weights(run.At("killed", "ppo")).ShouldBe(TinyRun.Weights(run.At("whole", "ppo")));
        StageProcess.MetricLines(run.At("killed", "ppo")).ShouldBe(StageProcess.MetricLines(run.At("whole", "ppo")));
    }

    [Fact]
    public void Run_EvalFraction_AnswersHeldOutPrompts()
    {
        using var run = new TinyRun(Options.Replace("    data:", "    eval_fraction: 0.25\n    data:").Replace("epochs: 2", "max_steps: 2, keep_best: eval_objective/scores, eval_every: 1"));
        run.WriteRows("more.jsonl", Enumerable.Range(0, 30).Select(i => new JsonObject { ["prompt"] = $"fish {i}" }));
        run.Main(run.Root).ShouldBe(0);
        var counts = JsonNode.Parse(File.ReadAllText(run.At("ppo", "manifest.json")))!["counts"]!.AsObject();
        (counts["train/rows"]!.GetValue<int>(), counts["eval/rows"]!.GetValue<int>()).ShouldBe((30, 10));
        StageProcess.MetricRows(run.At("ppo"))[^1].ContainsKey("eval_objective/scores").ShouldBeTrue();
    }

    [Theory]
    [InlineData("mix: { sources", "train: [ROOT/prompts.jsonl]\n    mix: { sources", "train is given beside mix")]
    [InlineData("mix: { sources", "# mix: { sources", "several sources in mix")]
    public void Run_TrainAndMix_OneOfThem(string good, string bad, string message)
    {
        using var run = new TinyRun(Options.Replace(good, bad));
        run.WriteRows("more.jsonl", [new JsonObject { ["prompt"] = "fish" }]);
        var (code, error) = run.Start();
        code.ShouldBe(2, error);
        error.ShouldContain(message);
    }

    [Fact]
    public void Run_BadPretrainingRow_IsToldBeforeTheModelIsLoaded()
    {
        using var run = new TinyRun(Options.Replace("    data:", "    pretraining: { train: [ROOT/texts.jsonl] }\n    data:"));
        run.WriteRows("more.jsonl", [new JsonObject { ["prompt"] = "fish" }]);
        File.WriteAllText(run.At("policy", "model.safetensors"), "no weights");
        File.AppendAllText(run.At("texts.jsonl"), "{\"text\": NaN}\n");
        var (code, error) = run.Start();
        code.ShouldBe(2, error);
        error.ShouldContain("texts.jsonl:5: malformed JSON");
    }
}
