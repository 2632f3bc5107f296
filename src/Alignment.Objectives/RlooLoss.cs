using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>REINFORCE leave-one-out: Ahmadian et al. 2024, arXiv:2402.14740, Eq. 8, with TRL's clipped ratio of whole responses; advantages are <see cref="GroupAdvantages.LeaveOneOut"/>.</summary>
public static class RlooLoss
{
    /// <summary>−min(ρ·Â, clip(ρ, 1 − ε, 1 + ε′)·Â), ρ = exp(log π(y) − log π_old(y)) of a whole response.</summary>
    /// <param name="logProbs">[B], summed over tokens, with gradient.</param>
    /// <param name="oldLogProbs">[B], without.</param>
    /// <param name="advantages">[B], Â.</param>
    /// <param name="epsilonLow">ε; 0.2 in TRL.</param>
    /// <param name="epsilonHigh">ε′; ε when null.</param>
    /// <returns>Losses with gradient and where the clipped form is the larger, [B] each, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or a constant carries gradient.</exception>
    public static ClippedLoss Compute(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, double epsilonLow = 0.2, double? epsilonHigh = null)
    {
        TensorGuard.Vector(logProbs);
        TensorGuard.SameShape(logProbs, oldLogProbs);
        TensorGuard.SameShape(logProbs, advantages);
        TensorGuard.NoGrad(oldLogProbs);
        TensorGuard.NoGrad(advantages);

        using var scope = NewDisposeScope();
        var ratio = (logProbs - oldLogProbs).exp();
        var plain = ratio * advantages;
        var clipped = ratio.clamp((Scalar)(1 - epsilonLow), (Scalar)(1 + (epsilonHigh ?? epsilonLow))) * advantages;
        return new((-minimum(plain, clipped)).MoveToOuterDisposeScope(), clipped.detach().lt(plain.detach()).MoveToOuterDisposeScope());
    }
}
