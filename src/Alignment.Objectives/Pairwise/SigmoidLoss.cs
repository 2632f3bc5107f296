using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>The logistic loss of a difference of rewards: DPO, Rafailov et al. 2023, arXiv:2305.18290, Eq. 7.</summary>
public static class SigmoidLoss
{
    /// <summary>−log σ(d).</summary>
    /// <param name="difference">d, [B]: by how much the better response's reward leads, the margin taken off.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor difference)
    {
        using var scope = NewDisposeScope();
        return nn.functional.logsigmoid(difference).neg().MoveToOuterDisposeScope();
    }
}
