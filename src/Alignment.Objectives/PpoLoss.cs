using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>One of PPO's clipped terms, token by token; the caller reduces over the mask.</summary>
/// <param name="Losses">[B, R], with gradient.</param>
/// <param name="Clipped">[B, R], boolean: where the clipped form is the larger loss.</param>
public readonly record struct ClippedLoss(Tensor Losses, Tensor Clipped);

/// <summary>The clipped losses of proximal policy optimisation: Schulman et al. 2017, arXiv:1707.06347.</summary>
public static class PpoLoss
{
    /// <summary>The policy's term, Eq. 7 negated: max(−Â·ρ, −Â·clip(ρ, 1 − ε, 1 + ε)) with ρ = exp(log π − log π_old).</summary>
    /// <param name="logProbs">[B, R], log π of the sampled tokens, with gradient.</param>
    /// <param name="oldLogProbs">[B, R], the same when they were sampled.</param>
    /// <param name="advantages">[B, R], Â.</param>
    /// <param name="clipRange">ε &gt; 0; 0.2 in the paper.</param>
    /// <param name="dualClip">c &gt; 1: where Â is negative the loss is at most −c·Â (Ye et al. 2020, arXiv:1912.09729, Eq. 5); null: no bound.</param>
    /// <returns>Token-wise losses, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ, ε is not positive or c not above 1.</exception>
    public static ClippedLoss Policy(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, double clipRange, double? dualClip = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clipRange);
        TensorGuard.SameShape(logProbs, oldLogProbs);
        TensorGuard.SameShape(logProbs, advantages);
        TensorGuard.NoGrad(oldLogProbs);
        TensorGuard.NoGrad(advantages);

        using var scope = NewDisposeScope();
        var ratio = (logProbs - oldLogProbs).exp();
        var plain = -advantages * ratio;
        var clipped = -advantages * ratio.clamp((Scalar)(1 - clipRange), (Scalar)(1 + clipRange));
        if (dualClip is { } bound)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(bound, 1, nameof(dualClip));
            var most = (-bound * advantages).masked_fill(advantages.ge(0), double.PositiveInfinity);
            (plain, clipped) = (minimum(plain, most), minimum(clipped, most));
        }

        return Larger(plain, clipped);
    }

    /// <summary>
    /// The value model's term: ½·max((V − R)², (clip(V, V_old − ε, V_old + ε) − R)²), as in lm-human-preferences and TRL.
    /// </summary>
    /// <param name="values">[B, R], V, with gradient.</param>
    /// <param name="oldValues">[B, R], V when the rollout was scored.</param>
    /// <param name="returns">[B, R], the targets.</param>
    /// <param name="clipRange">ε &gt; 0.</param>
    /// <returns>Token-wise losses, the ½ included, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or ε is not positive.</exception>
    public static ClippedLoss Value(Tensor values, Tensor oldValues, Tensor returns, double clipRange)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clipRange);
        TensorGuard.SameShape(values, oldValues);
        TensorGuard.SameShape(values, returns);
        TensorGuard.NoGrad(oldValues);
        TensorGuard.NoGrad(returns);

        using var scope = NewDisposeScope();
        var held = maximum(minimum(values, oldValues + clipRange), oldValues - clipRange);
        return Larger(0.5 * (values - returns).square(), 0.5 * (held - returns).square());
    }

    private static ClippedLoss Larger(Tensor plain, Tensor clipped) =>
        new(maximum(plain, clipped).MoveToOuterDisposeScope(), (clipped.detach() > plain.detach()).MoveToOuterDisposeScope());
}
