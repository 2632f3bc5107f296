using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>The hinge on a difference of rewards: Zhao et al. 2023 (SLiC), arXiv:2305.10425, Eq. 5; Liu et al. 2023 (RSO), arXiv:2309.06657, Eq. 11.</summary>
public static class HingeLoss
{
    /// <summary>max(0, 1 − d).</summary>
    /// <param name="difference">d, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor difference)
    {
        using var scope = NewDisposeScope();
        return nn.functional.relu(1 - difference).MoveToOuterDisposeScope();
    }
}
