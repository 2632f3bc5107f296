using Alignment.Core.Lora;

namespace Alignment.Core.Memory;

/// <summary>What of a training run decides its memory, besides the model.</summary>
public sealed record TrainingShape
{
    /// <summary>B: sequences of one micro-batch; twice the pairs where pairs are trained on.</summary>
    public required int Rows { get; init; }

    /// <summary>T: tokens of the longest sequence.</summary>
    public required int Length { get; init; }

    /// <summary>Most tokens of a micro-batch, without padding and with a beginning that rows share once; null = B·T.</summary>
    public long? Tokens { get; init; }

    /// <summary>Most tokens of a micro-batch whose probability is asked; null = all.</summary>
    public int? Targets { get; init; }

    /// <summary>The adapter; null trains every weight.</summary>
    public LoraConfig? Lora { get; init; }

    /// <summary>How frozen projections are held.</summary>
    public Quantization Quantization { get; init; }

    /// <summary>Whether layers keep their inputs only.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Whether dropout is on while training.</summary>
    public bool Dropout { get; init; }

    /// <summary>Whether matrix products are in bfloat16.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Whether gradients of several micro-batches are added up.</summary>
    public bool Accumulates { get; init; }

    /// <summary>Whether the model has a scalar head, or a classifier's, in place of the output layer. Encoders always have one.</summary>
    public bool ScalarHead { get; init; }
}
