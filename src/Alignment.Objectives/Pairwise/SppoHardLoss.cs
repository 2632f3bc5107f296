using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Self-play preference optimisation: Wu et al. 2024, arXiv:2405.00675, Eq. 4.7, with win probabilities 1 and 0.</summary>
public static class SppoHardLoss
{
    /// <summary>(s_w − 1/(2β))² + (s_l + 1/(2β))².</summary>
    /// <param name="chosenScores">s_w, [B].</param>
    /// <param name="rejectedScores">s_l, [B].</param>
    /// <param name="beta">β &gt; 0.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor chosenScores, Tensor rejectedScores, double beta)
    {
        using var scope = NewDisposeScope();
        return ((chosenScores - 0.5 / beta).square() + (rejectedScores + 0.5 / beta).square()).MoveToOuterDisposeScope();
    }
}
