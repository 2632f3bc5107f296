using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>What a batch gives before it is summed. [B, R], or [B, 1] where a whole response has one value.</summary>
/// <param name="Losses">Of each token, with gradient.</param>
/// <param name="Ratio">π/π_old, detached, after the bound δ.</param>
/// <param name="LowClipped">Boolean: below 1 − ε with a negative advantage.</param>
/// <param name="HighClipped">Boolean: above the upper bound with a positive advantage.</param>
/// <param name="Kl">[B, R], the K3 estimate against the reference; null at β = 0.</param>
public readonly record struct GrpoTerms(Tensor Losses, Tensor Ratio, Tensor LowClipped, Tensor HighClipped, Tensor? Kl)
{
    /// <summary>[B, 1], or [B, R] where advantages are: vespo's φ(w), without gradient; null for the other forms.</summary>
    public Tensor? SequenceWeights { get; init; }
}
