using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Tests;
using Alignment.Training.Loops;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

public sealed class PpoLoraTests
{
    private const string ByModel = """
          ppo:
            kind: ppo
            model: ROOT/policy
            reward_model: ROOT/rm
            train: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            total_episodes: 40
            rollout_batch_size: 8
            max_new_tokens: 5
            mini_batches: 2
            ppo_epochs: 2
            training: { batch_size: 3, learning_rate: 0.01, save_every: 1, log_every: 1, lora: { rank: 4 }, quantization: int8, gradient_checkpointing: true }

        """;

    [Fact]
    public void Run_KilledOrNot_LeavesAdaptersOfPolicyAndValueModel()
    {
        using var run = new TinyRun(ByModel);
        var (code, error) = run.Start(run.At("whole")); // its first pass gives ratio 1, or it would have stopped
        code.ShouldBe(0, error);
        run.Start(run.At("killed"), StageProcess.Kill, () => StageProcess.LineCount(run.At("killed", "ppo")) >= 2).ExitCode.ShouldBe(128 + StageProcess.Kill);
        (code, error) = run.Start(run.At("killed"));
        code.ShouldBe(0, error);

        foreach (var name in new[] { "model", "value_model" })
        {
            File.ReadAllBytes(run.At("killed", "ppo", name, AdapterFolder.WeightsFile)).ShouldBe(File.ReadAllBytes(run.At("whole", "ppo", name, AdapterFolder.WeightsFile)), name);
        }

        StageProcess.MetricLines(run.At("killed", "ppo")).ShouldBe(StageProcess.MetricLines(run.At("whole", "ppo")));
        using var value = SafetensorsFile.Open(run.At("whole", "ppo", "value_model", AdapterFolder.WeightsFile));
        value.Entries.Keys.ShouldContain("base_model.model.score.weight");
        AdapterFolder.BaseOf(run.At("whole", "ppo", "value_model")).ShouldBe(run.At("rm"));
        ModelFolder.LoadCausalLm(run.At("whole", "ppo", "model")).Dispose();
        ModelFolder.LoadScalarHead(run.At("whole", "ppo", "value_model")).Dispose();
    }

    [Fact]
    public void Reference_IsThePolicyWithItsAdapterOff()
    {
        using var run = new TinyRun("");
        var options = TinyLoop.Options(run);
        using var plain = new TinyLoop(run, options);
        using var loop = new TinyLoop(run, options with { Training = options.Training with { Lora = new LoraOptions { Rank = 4 } } });
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var parameter in loop.Models.Policy.parameters().Where(parameter => parameter.requires_grad))
            {
                parameter.add_(0.05);
            }
        }

        using var batch = NewDisposeScope();
        var (with, without) = (loop.Batch((0, [70, 71]), (1, [72])), plain.Batch((0, [70, 71]), (1, [72])));
        loop.Score(with, [0, 1]);
        plain.Score(without, [0, 1]);

        // The base's numbers, bit for bit, and not the trained ones.
        with.ReferenceLogProbs.data<float>().ToArray().ShouldBe(without.ReferenceLogProbs.data<float>().ToArray());
        with.LogProbs.data<float>().ToArray().ShouldNotBe(without.LogProbs.data<float>().ToArray());
    }
}
