using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>ORPO's odds-ratio term: Hong et al. 2024, arXiv:2403.07691, Eq. 6 and 7. The whole loss adds the likelihood of the chosen response, Eq. 6's L_SFT.</summary>
public static class OddsRatioLoss
{
    private const double MinusLn2 = -0.6931471805599453;

    /// <summary>−β·log σ(o) with o = log odds(y_w) − log odds(y_l) and odds = p / (1 − p), p the geometric mean of the token probabilities.</summary>
    /// <param name="averageLogProbs">log p, means over the tokens of a response, [B] each, all below 0.</param>
    /// <param name="beta">β (the paper's λ); 0.1 in TRL and in the paper.</param>
    /// <returns>[B], owned by the caller's dispose scope. TRL computes in single precision here.</returns>
    /// <exception cref="ArgumentException">Shapes differ or β is negative.</exception>
    public static Tensor Compute(PairLogProbs averageLogProbs, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        using var scope = NewDisposeScope();
        return (-beta * nn.functional.logsigmoid(LogOddsRatio(averageLogProbs))).MoveToOuterDisposeScope();
    }

    /// <summary>o = (log p_w − log p_l) − (log(1 − p_w) − log(1 − p_l)).</summary>
    /// <param name="averageLogProbs">log p, [B] each.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public static Tensor LogOddsRatio(PairLogProbs averageLogProbs)
    {
        TensorGuard.Vector(averageLogProbs.Chosen);
        TensorGuard.SameShape(averageLogProbs.Chosen, averageLogProbs.Rejected);
        using var scope = NewDisposeScope();
        return (averageLogProbs.Chosen - averageLogProbs.Rejected - (LogOneMinusExp(averageLogProbs.Chosen) - LogOneMinusExp(averageLogProbs.Rejected))).MoveToOuterDisposeScope();
    }

    // log(1 − eˣ) without cancellation (Maechler 2012): one form on each side of −ln 2. Each form sees only its side, or the other's infinities would reach the gradient.
    private static Tensor LogOneMinusExp(Tensor x)
    {
        var far = x.lt(MinusLn2);
        var small = (-x.masked_fill(far.logical_not(), -1).exp()).log1p();
        var near = (-x.masked_fill(far, MinusLn2).expm1()).log();
        return where(far, small, near);
    }
}
