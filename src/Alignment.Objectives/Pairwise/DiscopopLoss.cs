using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>DiscoPOP, log-ratio modulated: Lu et al. 2024, arXiv:2406.08414, Eq. 5.</summary>
public static class DiscopopLoss
{
    /// <summary>(1 − μ)·(−log σ(d)) + μ·e^(−d) with μ = σ(d/τ).</summary>
    /// <param name="difference">d, [B].</param>
    /// <param name="tau">τ &gt; 0; 0.05 in the paper.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor difference, double tau = 0.05)
    {
        using var scope = NewDisposeScope();
        var modulation = (difference / tau).sigmoid();
        return ((1 - modulation) * -nn.functional.logsigmoid(difference) + modulation * (-difference).exp()).MoveToOuterDisposeScope();
    }
}
