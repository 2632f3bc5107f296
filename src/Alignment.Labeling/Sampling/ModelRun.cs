using Alignment.Core.Generation;
using Alignment.Data.Templates;
using Alignment.Training.Loops;

namespace Alignment.Labeling.Sampling;

/// <summary>How models answer and judge: the same for all of an export.</summary>
public sealed record ModelRun
{
    /// <summary>How tokens are drawn; each model's stop tokens are added.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>How prompts become tokens.</summary>
    public ChatTemplate Template { get; init; } = ChatTemplate.Plain;

    /// <summary>Whether prompts begin with the tokenizer's BOS.</summary>
    public bool Bos { get; init; }

    /// <summary>Responses side by side.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Where models run: cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Number type of matrix products.</summary>
    public ComputePrecision Dtype { get; init; } = ComputePrecision.Fp32;
}
