using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Pairs made of responses that were sampled and scored: online DPO (Guo et al. 2024, arXiv:2402.04792, Algorithm 1).</summary>
public static class OnlinePairs
{
    /// <summary>The better of two responses as the chosen one; the first where the scores are equal.</summary>
    /// <param name="first">Of the first response, [B].</param>
    /// <param name="second">Of the second, [B].</param>
    /// <param name="firstIsBetter">[B], boolean.</param>
    /// <returns>[B] each, with gradient where the arguments have one; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static PairLogProbs Order(Tensor first, Tensor second, Tensor firstIsBetter)
    {
        TensorGuard.SameShape(first, second);
        TensorGuard.Mask(first, firstIsBetter);
        return new(where(firstIsBetter, first, second), where(firstIsBetter, second, first));
    }
}
