using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Anchored preference optimisation: D'Oosterlinck et al. 2024, arXiv:2408.06266.</summary>
public static class ApoLoss
{
    /// <summary>1 − σ(r_w) + σ(r_l), Eq. 7: for chosen responses that are better than what the model says.</summary>
    /// <param name="chosenRewards">r_w = βh_w, [B].</param>
    /// <param name="rejectedRewards">r_l = βh_l, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Zero(Tensor chosenRewards, Tensor rejectedRewards)
    {
        using var scope = NewDisposeScope();
        return (1 - chosenRewards.sigmoid() + rejectedRewards.sigmoid()).MoveToOuterDisposeScope();
    }

    /// <summary>σ(r_w) + 1 − σ(d), Eq. 8: for chosen responses that are worse than what the model says.</summary>
    /// <param name="chosenRewards">r_w = βh_w, [B].</param>
    /// <param name="difference">d, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Down(Tensor chosenRewards, Tensor difference)
    {
        using var scope = NewDisposeScope();
        return (chosenRewards.sigmoid() + 1 - difference.sigmoid()).MoveToOuterDisposeScope();
    }
}
