using Alignment.Data.Templates;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>What <see cref="ModelScoring"/> is to do.</summary>
public sealed record ScoreSettings
{
    /// <summary>The model folder.</summary>
    public required string Model { get; init; }

    /// <summary>The file of rows.</summary>
    public required string Input { get; init; }

    /// <summary>Write the logits.</summary>
    public bool Logits { get; init; }

    /// <summary>Write the mean loss over the labels.</summary>
    public bool Loss { get; init; }

    /// <summary>Write the L2 norm of every parameter's gradient.</summary>
    public bool GradNorms { get; init; }

    /// <summary>Tokens to continue every sequence by; 0 = none.</summary>
    public int Greedy { get; init; }

    /// <summary>How messages become tokens.</summary>
    public ChatTemplate Template { get; init; } = ChatTemplate.Plain;

    /// <summary>Whether prompts and conversations begin with BOS.</summary>
    public bool AddBos { get; init; }

    /// <summary>Where the model runs.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Type of the matrix products.</summary>
    public ScalarType ComputeType { get; init; } = ScalarType.Float32;
}
