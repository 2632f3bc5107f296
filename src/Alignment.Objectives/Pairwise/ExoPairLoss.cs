using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>Efficient exact optimisation with two responses: Ji et al. 2024, arXiv:2402.00856, Eq. 16: KL of the policy's preference from (1 − ε, ε).</summary>
public static class ExoPairLoss
{
    /// <summary>q·log(q/(1 − ε)) + (1 − q)·log((1 − q)/ε) with q = σ(d).</summary>
    /// <param name="difference">d, [B].</param>
    /// <param name="epsilon">ε in (0, 1). Its logarithms are taken in single precision, as TRL's are.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">ε is not inside (0, 1).</exception>
    public static Tensor Compute(Tensor difference, double epsilon)
    {
        if (epsilon is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "must be above 0 and below 1");
        }

        using var scope = NewDisposeScope();
        var share = tensor((float)epsilon);
        var (logFlipped, logRight) = ((double)share.log().ToSingle(), (double)share.neg().log1p().ToSingle());
        var (logWin, logLose) = (nn.functional.logsigmoid(difference), nn.functional.logsigmoid(-difference)); // [B]
        var win = difference.sigmoid();
        var lose = (-difference).sigmoid();
        return (win * (logWin - logRight) + lose * (logLose - logFlipped)).MoveToOuterDisposeScope();
    }
}
