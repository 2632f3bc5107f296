using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Alignment via optimal transport: Melnyk et al. 2024, arXiv:2406.05882, Eq. 9 (paired) and Eq. 10 (unpaired): the better distribution must dominate at every quantile.</summary>
public static class AotLoss
{
    /// <summary>−(1 − ε)·log σ(βa) − ε·log σ(−βa) with a = sort(x) − sort(y) over the batch.</summary>
    /// <param name="better">
    /// x, [B]. Paired: log π_w − log π_l against y = log π_ref,w − log π_ref,l. Unpaired: log-ratios of the chosen responses against those of the rejected.
    /// </param>
    /// <param name="worse">y, [B].</param>
    /// <param name="beta">β &gt; 0.</param>
    /// <param name="epsilon">ε in [0, 0.5).</param>
    /// <returns>[B] in ascending order of quantiles, not of rows; owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor better, Tensor worse, double beta, double epsilon = 0)
    {
        using var scope = NewDisposeScope();
        var scaled = beta * (better.sort(0).Values - worse.sort(0).Values); // [B]
        return (-(1 - epsilon) * nn.functional.logsigmoid(scaled) - epsilon * nn.functional.logsigmoid(-scaled)).MoveToOuterDisposeScope();
    }
}
