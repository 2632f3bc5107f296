using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Identity preference optimisation: Azar et al. 2023, arXiv:2310.12036, Eq. 17, with β for the paper's τ.</summary>
public static class IpoLoss
{
    /// <summary>(h − 1/(2β))².</summary>
    /// <param name="difference">h, [B]: difference of log-ratios, per token as TRL (which had it confirmed by the authors) or summed.</param>
    /// <param name="beta">β &gt; 0.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor difference, double beta)
    {
        using var scope = NewDisposeScope();
        return (difference - 1 / (2 * beta)).square().MoveToOuterDisposeScope();
    }
}
