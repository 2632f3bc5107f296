using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Weighted preference optimisation: Zhou et al. 2024, arXiv:2406.11827, Eq. 2 with the sampled alignment of Section 3.2: pairs that the policy would say count more.</summary>
public static class WpoWeights
{
    /// <summary>log π(y_t) − log Σ_v π(v)²: how likely a token is against what the policy expects to sample.</summary>
    /// <param name="logProbs">log π of the tokens, any shape, in nats.</param>
    /// <param name="logSumSquares">log Σ_v π(v)² at the same positions, same shape.</param>
    /// <returns>Same shape, without gradient, owned by the caller's dispose scope.</returns>
    public static Tensor Aligned(Tensor logProbs, Tensor logSumSquares)
    {
        TensorGuard.SameShape(logProbs, logSumSquares);
        using var noGrad = no_grad();
        return logProbs - logSumSquares;
    }

    /// <summary>exp(mean of the aligned log-probabilities of y_w) · exp(the same of y_l).</summary>
    /// <param name="alignedMeans">Means over the tokens of a response, [B] each.</param>
    /// <returns>w, [B], without gradient, owned by the caller's dispose scope.</returns>
    public static Tensor Compute(PairLogProbs alignedMeans)
    {
        TensorGuard.SameShape(alignedMeans.Chosen, alignedMeans.Rejected);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return (alignedMeans.Chosen.exp() * alignedMeans.Rejected.exp()).MoveToOuterDisposeScope();
    }
}
