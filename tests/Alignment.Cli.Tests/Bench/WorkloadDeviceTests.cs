using Alignment.Cli.Bench;
using Alignment.Core.Numerics;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.Cli.Tests.Bench;

/// <summary>The benchmarks' steps on a device that is not the CPU: nothing of a step is read before its end, and nothing lies elsewhere.</summary>
public sealed class WorkloadDeviceTests
{
    private const string Tiny = """
        { "model_type": "llama", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24 }
        """;

    [Theory]
    [InlineData("sft", "GradientStep.Apply")]
    [InlineData("dpo", "GradientStep.Apply")]
    [InlineData("reward", "GradientStep.Apply")]
    [InlineData("grpo", "GradientStep.Apply")]
    [InlineData("logprobs", "TrainingWorkloads")]
    public void Step_OnAnotherDevice_ReadsItsEndOnly(string name, string reader)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var workloads = new TrainingWorkloads(new BenchOptions(Tiny, 2, 12, name == "sft" ? 0 : 4, 3, Ragged: name != "sft", ScalarType.BFloat16, 1, 0) { Device = MetaDevice.Device });
        using var workload = name switch
        {
            "sft" => workloads.Sft(),
            "dpo" => workloads.Dpo(),
            "reward" => workloads.Reward(),
            "grpo" => workloads.Grpo(),
            _ => workloads.LogProbs(),
        };

        Exception? end = null;
        MetaDevice.Run(() => end = Should.Throw<Exception>(workload.Step));
        end!.ToString().ShouldContain(reader, Case.Sensitive, end.ToString());
    }
}
