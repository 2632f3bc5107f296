using TorchSharp;

namespace Alignment.Cli.Bench;

/// <summary>What is measured.</summary>
/// <param name="Shape">See <see cref="BenchShape.Parse"/>.</param>
/// <param name="Batch">Rows; pairs for DPO and the reward model, prompts for GRPO.</param>
/// <param name="Length">Tokens of a row, prompt and response together.</param>
/// <param name="Prompt">Of which are the prompt's.</param>
/// <param name="Group">Responses to a prompt, for GRPO.</param>
/// <param name="Ragged">Responses of different lengths, a quarter of the longest and more.</param>
/// <param name="Type">Of the matrix products.</param>
/// <param name="Repetitions">Steps that count.</param>
/// <param name="Warmup">Steps before them.</param>
/// <param name="Slots">Most responses that are sampled side by side.</param>
internal sealed record BenchOptions(string Shape, int Batch, int Length, int Prompt, int Group, bool Ragged, torch.ScalarType Type, int Repetitions, int Warmup, int Slots = 64)
{
    /// <summary>Where the models are.</summary>
    public torch.Device Device { get; init; } = torch.CPU;

    /// <summary>The type's name on the command line.</summary>
    public string TypeName => Type == torch.ScalarType.BFloat16 ? "bf16" : "fp32";
}
