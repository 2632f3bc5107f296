using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Binary classifier optimisation of a pair: Jung et al. 2024, arXiv:2404.04656, Eq. 12 with δ = 0.</summary>
public static class BcoPairLoss
{
    /// <summary>−log σ(r_w) − log σ(−r_l).</summary>
    /// <param name="chosenRewards">r_w = βs_w, [B].</param>
    /// <param name="rejectedRewards">r_l = βs_l, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor chosenRewards, Tensor rejectedRewards)
    {
        using var scope = NewDisposeScope();
        return (-nn.functional.logsigmoid(chosenRewards) - nn.functional.logsigmoid(-rejectedRewards)).MoveToOuterDisposeScope();
    }
}
