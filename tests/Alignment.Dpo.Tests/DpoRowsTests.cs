using System.Text.Json.Nodes;
using Alignment.Tests;

namespace Alignment.Dpo.Tests;

public sealed class DpoRowsTests
{
    private const string Options = """
            model: ROOT/policy
            mix: { sources: [{ files: [ROOT/train.jsonl], weight: 1, name: ours }, { files: [ROOT/eval.jsonl], weight: 3, name: theirs }], stop: all_exhausted }
            data: { max_length: 48 }
            training: { epochs: 1, batch_size: 4, learning_rate: 0.003, log_every: 1, save_every: 3 }

        """;

    [Theory]
    [InlineData("")]
    [InlineData("    unpaired: kto\n")]
    public void Run_SeveralSources_HaveTheirSharesAlsoAfterAKill(string loss)
    {
        using var run = new TinyRun(Options + loss);
        var (code, output) = run.Run(run.At("whole"));
        code.ShouldBe(0, output);

        // 24 rows are a quarter of an epoch of 96, and 72 come from the 6 others.
        var counts = JsonNode.Parse(File.ReadAllText(run.At("whole", "dpo", "manifest.json")))!["counts"]!.AsObject();
        counts["train/epoch/theirs"]!.GetValue<int>().ShouldBe(3 * counts["train/epoch/ours"]!.GetValue<int>());
        counts["train/epoch/ours"]!.GetValue<int>().ShouldBeGreaterThan(20);
        var rows = TinyRun.Rows(run.At("whole", "dpo"));
        rows.Average(row => row["source/theirs"]!.GetValue<double>()).ShouldBe(0.75, 0.02);
        rows.ShouldAllBe(row => Math.Abs(row["source/ours"]!.GetValue<double>() + row["source/theirs"]!.GetValue<double>() - 1) < 1e-9);

        run.Stop(run.At("killed"), lines: 7).ShouldBe(128 + StageProcess.Kill);
        run.Run(run.At("killed")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(run.At("killed", "dpo", "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(run.At("whole", "dpo", "model", "model.safetensors")));
        TinyRun.Metrics(run.At("killed", "dpo")).ShouldBe(TinyRun.Metrics(run.At("whole", "dpo")));
    }

    [Fact]
    public void Run_EvalFraction_HoldsWholePromptsOut()
    {
        using var run = new TinyRun(Options.Replace("epochs: 1", "max_steps: 2").Replace("    data:", "    eval_fraction: 0.2\n    data:"));
        var (code, output) = run.Run();
        code.ShouldBe(0, output);

        var counts = JsonNode.Parse(File.ReadAllText(run.At("dpo", "manifest.json")))!["counts"]!.AsObject();
        (counts["train/rows"]!.GetValue<int>(), counts["eval/rows"]!.GetValue<int>()).ShouldBe((24, 6));
        TinyRun.Rows(run.Stage)[^1].ContainsKey("eval_loss").ShouldBeTrue();
    }

    [Fact]
    public void Run_BadRow_IsToldBeforeTheModelIsLoaded()
    {
        using var run = new TinyRun(Options);
        File.WriteAllText(run.At("policy", "model.safetensors"), "no weights");
        File.AppendAllText(run.At("eval.jsonl"), "{\"prompt\": \"a\"");

        var (code, output) = run.Run();

        code.ShouldBe(2, output);
        output.ShouldContain("eval.jsonl:7: malformed JSON");
    }
}
