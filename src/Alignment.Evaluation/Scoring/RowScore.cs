using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>What a model thinks of one row.</summary>
internal sealed record RowScore
{
    /// <summary>log p of the token at place t + 1 given the places up to t, in nats, B lists of T − 1; null where one of the two is padding. Null for classifiers.</summary>
    public double?[][]? LogProbs { get; init; }

    /// <summary>float32 on the CPU: [B, T, V] of a language model, [B, labels] of a classifier; null = not asked for.</summary>
    public Tensor? Logits { get; init; }

    /// <summary>The loss; null where no label counts.</summary>
    public double? Loss { get; init; }

    /// <summary>L2 norms of the gradients by Hugging Face name; null = not asked for.</summary>
    public IReadOnlyList<(string Name, double Norm)>? GradNorms { get; init; }

    /// <summary>The most likely continuation of each sequence; null = not asked for.</summary>
    public int[][]? Greedy { get; init; }
}
