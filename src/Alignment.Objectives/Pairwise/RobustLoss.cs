using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Robust DPO: Chowdhury et al. 2024, arXiv:2403.00409, Eq. 9: its mean over labels of which a share ε is flipped is DPO's loss on the true ones.</summary>
public static class RobustLoss
{
    /// <summary>(−(1 − ε)·log σ(d) + ε·log σ(−d)) / (1 − 2ε).</summary>
    /// <param name="difference">d, [B].</param>
    /// <param name="epsilon">ε in [0, 0.5).</param>
    /// <returns>[B], owned by the caller's dispose scope; may be negative.</returns>
    /// <exception cref="ArgumentOutOfRangeException">ε lies outside [0, 0.5).</exception>
    public static Tensor Compute(Tensor difference, double epsilon)
    {
        if (epsilon is not (>= 0 and < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "must be at least 0 and below 0.5");
        }

        using var scope = NewDisposeScope();
        var right = -(1 - epsilon) * nn.functional.logsigmoid(difference);
        var flipped = -epsilon * nn.functional.logsigmoid(-difference);
        return ((right - flipped) / (1 - 2 * epsilon)).MoveToOuterDisposeScope();
    }
}
