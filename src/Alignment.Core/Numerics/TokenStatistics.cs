using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>What the metrics say about predicted tokens; every member is [N] and belongs to the caller's dispose scope. Only the log-prob may have a gradient.</summary>
/// <param name="LogProb">log p(target), in nats.</param>
/// <param name="Entropy">−Σ p·log p over the vocabulary, in nats.</param>
/// <param name="Correct">Bool: the target is the most likely token.</param>
/// <param name="MeanLogit">Mean over the vocabulary of the logits after division by the temperature.</param>
public readonly record struct TokenStatistics(Tensor LogProb, Tensor Entropy, Tensor Correct, Tensor MeanLogit)
{
    /// <summary>The statistics of the rows that count, without gradient; arguments as in <see cref="TokenLogProbs.Compute"/>.</summary>
    /// <exception cref="ArgumentException">Shapes, types, temperature, chunk or cap that do not fit.</exception>
    public static TokenStatistics Compute(
        Tensor hidden, Tensor weight, Tensor targets, double temperature = 1.0, Tensor? bias = null, long? chunk = null, ScalarType? computeType = null, double? softCap = null)
    {
        using var noGrad = no_grad();
        return TokenLogProbs.ComputeWithStatistics(hidden, weight, targets, temperature, bias, chunk, computeType, softCap);
    }
}
