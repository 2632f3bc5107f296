using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>The reward model's loss where people named the best of K answers: Ziegler et al. 2019, arXiv:1909.08593, Eq. 1 (lm-human-preferences' PickBest).</summary>
public static class BestOfLoss
{
    /// <summary>−log(e^{r_b} / Σ_i e^{r_i}).</summary>
    /// <param name="rewards">[B, K], with gradient.</param>
    /// <param name="best">b, [B] Int64.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or types that do not fit.</exception>
    public static Tensor Compute(Tensor rewards, Tensor best) => ClassificationLoss.CrossEntropy(rewards, best);
}
