using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Nash mirror descent: Munos et al. 2023, arXiv:2312.00886, Section 7: the policy gradient of the win probability against a mixture of policy and reference, with the KL to the reference.</summary>
public static class NashMdLoss
{
    /// <summary>β·Σ_t(log π − log π_ref)·log π − (P − ½)·Σ_t log π, the log-ratio held fixed.</summary>
    /// <param name="logProbs">[B, R], log π of the policy's response, with gradient; 0 past its end.</param>
    /// <param name="referenceLogProbs">[B, R], log π_ref of the same; 0 past its end.</param>
    /// <param name="winProbabilities">P, [B]: that the response beats the mixture's.</param>
    /// <param name="beta">β ≥ 0; 0.1 in TRL.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or the reference carries gradient.</exception>
    public static Tensor Compute(Tensor logProbs, Tensor referenceLogProbs, Tensor winProbabilities, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        TensorGuard.SameShape(logProbs, referenceLogProbs);
        TensorGuard.NoGrad(referenceLogProbs);
        TensorGuard.Vector(winProbabilities);
        using var scope = NewDisposeScope();
        var fixedRatio = (logProbs - referenceLogProbs).detach();               // [B, R]
        var divergence = (fixedRatio * logProbs).sum(dim: 1);                    // [B]
        return (beta * divergence - (winProbabilities - 0.5) * logProbs.sum(dim: 1)).MoveToOuterDisposeScope();
    }
}
