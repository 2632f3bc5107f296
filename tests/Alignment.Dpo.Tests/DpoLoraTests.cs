using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;

namespace Alignment.Dpo.Tests;

public sealed class DpoLoraTests
{
    private const string Options = """
            model: ROOT/policy
            train: [ROOT/train.jsonl]
            eval: [ROOT/eval.jsonl]
            data: { max_length: 48 }
            training: { max_steps: 24, batch_size: 4, learning_rate: 0.01, log_every: 1, eval_every: 8, eval_on_start: true, save_every: 3, lora: { rank: 4, dora: true } }

        """;

    [Fact]
    public void Run_WithAnAdapter_BeginsAtLn2AndLearns_KilledOrNot()
    {
        using var run = new TinyRun(Options);
        var (code, output) = run.Run();
        code.ShouldBe(0, output);
        var folder = run.At("killed");
        run.Stop(folder, lines: 9);
        (code, output) = run.Run(folder);
        code.ShouldBe(0, output);

        // The reference is the policy with its adapter off, which before the first step does nothing.
        var rows = TinyRun.Rows(run.Stage);
        rows.Single(row => row["step"]!.GetValue<int>() == 0)["eval_loss"]!.GetValue<double>().ShouldBe(Math.Log(2), 1e-6);
        rows[^1]["eval_rewards/margins"]!.GetValue<double>().ShouldBeGreaterThan(0.05);
        AdapterFolder.BaseOf(run.At("dpo", "model")).ShouldBe(run.At("policy"));
        File.ReadAllBytes(run.At("killed", "dpo", "model", AdapterFolder.WeightsFile)).ShouldBe(File.ReadAllBytes(run.At("dpo", "model", AdapterFolder.WeightsFile)));
        ModelFolder.StopIds(run.At("dpo", "model")).ShouldBe(ModelFolder.StopIds(run.At("policy")));
        JsonNode.Parse(File.ReadAllText(run.At("dpo", "model", LoraConfig.FileName)))!["target_modules"]!.AsArray().Count.ShouldBe(7);
        ModelFolder.LoadCausalLm(run.At("dpo", "model")).Dispose();
    }
}
