using System.Text.Json.Nodes;
using Alignment.Tests;

namespace Alignment.Grpo.Tests;

public sealed class GrpoRowsTests
{
    private const string Options = """
          grpo:
            kind: grpo
            model: ROOT/policy
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            mix: { sources: [{ files: [ROOT/prompts.jsonl], weight: 1 }, { files: [ROOT/more.jsonl], weight: 3, name: other }] }
            eval_fraction: 0.2
            data: { template: chatml, max_length: 64 }
            num_generations: 2
            rollout_batch_size: 16
            max_new_tokens: 5
            filter_equal_rewards: true
            refill_rounds: 1
            training: { max_steps: 6, batch_size: 16, learning_rate: 0.003, log_every: 1, save_every: 2, eval_every: 3 }

        """;

    [Fact]
    public void Run_PromptsOfSeveralSources_HaveTheirSharesAlsoAfterAKill()
    {
        using var run = new TinyRun(Options);
        run.WriteRows("more.jsonl", Enumerable.Range(0, 30).Select(i => new JsonObject { ["prompt"] = $"fish {i}" }));
        run.Main(run.At("whole")).ShouldBe(0);
        var rows = StageProcess.MetricRows(run.At("whole", "grpo"));
        rows.Where(row => row.ContainsKey("source/other")).Average(row => row["source/other"]!.GetValue<double>()).ShouldBe(0.75, 0.1);
        rows.Count(row => row.ContainsKey("eval_reward")).ShouldBe(2);

        run.Start(run.At("killed"), () => StageProcess.LineCount(run.At("killed", "grpo")) >= 3).ExitCode.ShouldBe(128 + StageProcess.Kill);
        run.Start(run.At("killed")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(run.At("killed", "grpo", "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(run.At("whole", "grpo", "model", "model.safetensors")));
        StageProcess.MetricLines(run.At("killed", "grpo")).ShouldBe(StageProcess.MetricLines(run.At("whole", "grpo")));
    }
}
