using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Noise contrastive alignment with two responses: Chen et al. 2024, arXiv:2402.05369, Eq. 11.</summary>
public static class NcaPairLoss
{
    /// <summary>−log σ(r_w) − ½·log σ(−r_w) − ½·log σ(−r_l).</summary>
    /// <param name="chosenRewards">r_w = βs_w, [B].</param>
    /// <param name="rejectedRewards">r_l = βs_l, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor chosenRewards, Tensor rejectedRewards)
    {
        using var scope = NewDisposeScope();
        var (up, down) = (nn.functional.logsigmoid(chosenRewards), nn.functional.logsigmoid(-chosenRewards));
        return (-up - 0.5 * down - 0.5 * nn.functional.logsigmoid(-rejectedRewards)).MoveToOuterDisposeScope();
    }
}
