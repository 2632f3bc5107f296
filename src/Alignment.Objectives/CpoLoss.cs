using Alignment.Objectives.Pairwise;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Pairwise losses without a reference: CPO (Xu et al. 2024, arXiv:2401.08417, Eq. 3), SimPO (Meng et al. 2024, arXiv:2405.14734, Eq. 6), AlphaPO
/// (Gupta et al. 2025, arXiv:2501.03884, Eq. 5), with the hinge and IPO's square. CPO's whole loss adds the likelihood of the chosen response.
/// </summary>
public static class CpoLoss
{
    /// <summary>ℓ(u), u = r_w − r_l (− γ/β for SimPO), with ε: (1 − ε)·ℓ(u) + ε·ℓ(−u) for sigmoid and simpo. r = log π, or (1 − π^(−α))/α with α ≠ 0.</summary>
    /// <param name="logProbs">log π, [B] each: sums over tokens for sigmoid and hinge, means for ipo and simpo (<see cref="IsPerToken"/>).</param>
    /// <param name="kind">ℓ.</param>
    /// <param name="beta">β &gt; 0; 0.1 in TRL, 2 to 2.5 in SimPO's paper.</param>
    /// <param name="labelSmoothing">ε in [0, 0.5).</param>
    /// <param name="gamma">γ, SimPO's margin; 0.5 in TRL.</param>
    /// <param name="alpha">AlphaPO's α; 0 for log-probabilities.</param>
    /// <returns>Losses and β·r, detached, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or an option is out of range.</exception>
    public static DpoLossResult Compute(
        PairLogProbs logProbs, CpoLossKind kind, double beta, double labelSmoothing = 0, double gamma = 0.5, double alpha = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        if (labelSmoothing is not (>= 0 and < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "must be in [0, 0.5)");
        }

        TensorGuard.Vector(logProbs.Chosen);
        TensorGuard.SameShape(logProbs.Chosen, logProbs.Rejected);

        using var scope = NewDisposeScope();
        var (chosen, rejected) = (Reward(logProbs.Chosen, alpha), Reward(logProbs.Rejected, alpha)); // [B]
        var difference = chosen - rejected;
        var losses = kind switch
        {
            CpoLossKind.Sigmoid => Smoothed(beta * difference, labelSmoothing),
            CpoLossKind.Simpo => Smoothed(beta * (difference - gamma / beta), labelSmoothing),
            CpoLossKind.Hinge => HingeLoss.Compute(beta * difference),
            CpoLossKind.Ipo => IpoLoss.Compute(difference, beta),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown loss"),
        };
        return new(
            losses.MoveToOuterDisposeScope(),
            (beta * chosen).detach().MoveToOuterDisposeScope(),
            (beta * rejected).detach().MoveToOuterDisposeScope());
    }

    /// <summary>Whether a form takes means over the tokens instead of sums.</summary>
    /// <param name="kind">The form.</param>
    public static bool IsPerToken(CpoLossKind kind) => kind is CpoLossKind.Ipo or CpoLossKind.Simpo;

    /// <summary>AlphaPO's reward (1 − p^(−α))/α, Eq. 4 of its paper.</summary>
    /// <param name="logProbs">log p, any shape.</param>
    /// <param name="alpha">α; 0 for log p itself.</param>
    /// <returns>Same shape, of the scope that is open.</returns>
    internal static Tensor Reward(Tensor logProbs, double alpha) => alpha == 0 ? logProbs : (1 - (-alpha * logProbs).exp()) / alpha;

    private static Tensor Smoothed(Tensor difference, double epsilon) =>
        (1 - epsilon) * SigmoidLoss.Compute(difference) + epsilon * SigmoidLoss.Compute(-difference);
}
