using System.Text.Json.Nodes;

namespace Alignment.RewardModel.Tests;

public sealed class RewardRowsTests
{
    private const string Mixed = """
          reward:
            kind: reward
            model: ROOT/base/model
            mix: { sources: [{ files: [ROOT/train.jsonl] }, { files: [ROOT/eval.jsonl] }], temperature: 1000000 }
            data: { max_length: 64 }
            training: { epochs: 1, batch_size: 4, learning_rate: 0.01, log_every: 1, save_every: 3 }

        """;

    [Fact]
    public void Run_SeveralSources_HaveTheirSharesAlsoAfterAKill()
    {
        using var run = new RewardRun(Mixed);
        var (code, error) = run.Run("reward", run.At("whole"));
        code.ShouldBe(0, error);

        // A high temperature makes 54 and 18 rows equal shares: 18 of each until one is exhausted.
        var counts = JsonNode.Parse(File.ReadAllText(run.At("whole", "reward", "manifest.json")))!["counts"]!.AsObject();
        (counts["train/epoch/train"]!.GetValue<int>(), counts["train/epoch/eval"]!.GetValue<int>(), counts["train/rows"]!.GetValue<int>()).ShouldBe((18, 18, 72));
        var rows = run.Metrics("whole", "reward");
        rows.Count.ShouldBe(9);
        rows.Average(row => row["source/eval"]!.GetValue<double>()).ShouldBe(0.5, 1e-9);

        run.Kill("reward", run.At("killed"), "step 5 ");
        run.Run("reward", run.At("killed")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(run.At("killed", "reward", "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(run.At("whole", "reward", "model", "model.safetensors")));
        run.Metrics("killed", "reward").Select(row => row.ToJsonString()).ShouldBe(rows.Select(row => row.ToJsonString()));
    }

    [Theory]
    [InlineData("bradley_terry")]
    [InlineData("ranking")]
    public void Run_EvalFraction_HoldsWholePromptsOut(string loss)
    {
        using var run = new RewardRun(RewardRun.Separable.Replace("eval: [ROOT/eval.jsonl]", $"eval_fraction: 0.25\n    loss: {loss}").Replace("max_steps: 40", "max_steps: 2"));
        var (code, error) = run.Run("reward");
        code.ShouldBe(0, error);

        // 54 pairs of 24 prompts, 2 or 3 of each: 13 at most are held out.
        var counts = JsonNode.Parse(File.ReadAllText(run.At("reward", "manifest.json")))!["counts"]!.AsObject();
        counts["eval/rows"]!.GetValue<int>().ShouldBeInRange(11, 13);
        (counts["train/rows"]!.GetValue<int>() + counts["eval/rows"]!.GetValue<int>()).ShouldBe(54);
        run.Results("reward")["accuracy"].ShouldNotBeNull();
    }

    [Fact]
    public void Run_EvalFractionBesideEval_IsRefused()
    {
        using var run = new RewardRun(RewardRun.Separable.Replace("    data:", "    eval_fraction: 1.5\n    data:"));
        var (code, error) = run.Run("reward");
        code.ShouldBe(2);
        error.ShouldContain("eval_fraction is 1.5; it must be above 0 and below 1");
        error.ShouldContain("eval_fraction is given beside eval");
    }
}
