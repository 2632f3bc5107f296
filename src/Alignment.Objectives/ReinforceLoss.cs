using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>The plain policy gradient: Williams 1992, Eq. 5, with the advantages of REINFORCE++ (Hu et al. 2025, arXiv:2501.03262).</summary>
public static class ReinforceLoss
{
    /// <summary>−Σ_t Â_t·log π(y_t) of each response.</summary>
    /// <param name="logProbs">[B, R], log π of the sampled tokens, with gradient.</param>
    /// <param name="advantages">[B, R]; or [B] for one of the whole response, a baseline already taken off.</param>
    /// <param name="mask">[B, R], boolean.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or advantages carry gradient.</exception>
    public static Tensor Compute(Tensor logProbs, Tensor advantages, Tensor mask)
    {
        TensorGuard.Mask(logProbs, mask);
        TensorGuard.NoGrad(advantages);
        using var scope = NewDisposeScope();
        var perToken = advantages.dim() == 1 ? advantages.unsqueeze(1) : advantages;
        return (-perToken * logProbs).masked_fill(mask.logical_not(), 0).sum(dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>REINFORCE++, Eq. 6 and 7: Â_t = r − β·Σ_{i ≥ t} kl_i, whitened over all tokens of the batch.</summary>
    /// <param name="rewards">r of each response, [B].</param>
    /// <param name="kl">[B, R], the divergence from the reference at each token.</param>
    /// <param name="mask">[B, R], boolean, with at least two positions that count.</param>
    /// <param name="klCoefficient">β ≥ 0.</param>
    /// <returns>[B, R], 0 outside the mask, without gradient, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor PlusPlusAdvantages(Tensor rewards, Tensor kl, Tensor mask, double klCoefficient)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(klCoefficient);
        TensorGuard.Vector(rewards);
        TensorGuard.Mask(kl, mask);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ahead = kl.masked_fill(mask.logical_not(), 0).flip(1).cumsum(1).flip(1); // [B, R], Σ from here to the end
        return Masked.Whiten(rewards.unsqueeze(1) - klCoefficient * ahead, mask).MoveToOuterDisposeScope();
    }
}
