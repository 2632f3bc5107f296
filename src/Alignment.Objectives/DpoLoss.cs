using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Log-probabilities of the responses of one preference batch, summed over their tokens; each member is [B], in nats.</summary>
/// <param name="Chosen">log π(y_w | x).</param>
/// <param name="Rejected">log π(y_l | x).</param>
public readonly record struct PairLogProbs(Tensor Chosen, Tensor Rejected);

/// <summary>What one preference batch gives, row by row; the caller reduces.</summary>
/// <param name="Losses">[B], with gradient.</param>
/// <param name="ChosenRewards">[B], β(log π − log π_ref) of the chosen responses, detached.</param>
/// <param name="RejectedRewards">[B], the same of the rejected ones.</param>
public readonly record struct DpoLossResult(Tensor Losses, Tensor ChosenRewards, Tensor RejectedRewards);

/// <summary>
/// Direct preference optimisation: Rafailov et al. 2023, arXiv:2305.18290, Eq. 7, with conservative DPO's label smoothing
/// (Mitchell 2023, cdpo.pdf, Eq. 3), the hinge (Zhao et al. 2023, arXiv:2305.10425; Liu et al. 2023, arXiv:2309.06657) and
/// IPO (Azar et al. 2023, arXiv:2310.12036, Eq. 17).
/// </summary>
public static class DpoLoss
{
    /// <summary>
    /// With h = (log π(y_w) − log π_ref(y_w)) − (log π(y_l) − log π_ref(y_l)) and ℓ the chosen form,
    /// L = p·ℓ(h) + (1 − p)·ℓ(−h), where p = y(1 − ε) + (1 − y)ε is the smoothed probability that the chosen response is better.
    /// </summary>
    /// <param name="policy">Under the trained policy; gradient flows through both members.</param>
    /// <param name="reference">Under the frozen reference; carries no gradient.</param>
    /// <param name="beta">β &gt; 0: larger keeps the policy closer to the reference. TRL's default is 0.1.</param>
    /// <param name="kind">ℓ: −log σ(βh), max(0, 1 − βh) or (h − 1/(2β))².</param>
    /// <param name="labelSmoothing">ε in [0, 0.5): the share of labels taken to be flipped.</param>
    /// <param name="labels">[B], y in [0, 1]: soft labels, 0.5 for a tie; null means that every chosen response is better.</param>
    /// <param name="lengths">
    /// Response lengths in tokens, [B] each, needed by IPO only and null for its un-normalised form: the log-ratios are then
    /// divided by them before h is taken (TRL's reading, confirmed by IPO's authors there).
    /// </param>
    /// <returns>Row-wise results, owned by the caller's dispose scope. The inputs are not disposed.</returns>
    /// <exception cref="ArgumentException">Shapes differ, an option is out of range, or the reference carries gradient.</exception>
    public static DpoLossResult Compute(
        PairLogProbs policy,
        PairLogProbs reference,
        double beta,
        DpoLossKind kind = DpoLossKind.Sigmoid,
        double labelSmoothing = 0,
        Tensor? labels = null,
        PairLogProbs? lengths = null)
    {
        Check(policy, reference, beta, labelSmoothing, labels);

        using var scope = NewDisposeScope();
        var chosenRatio = policy.Chosen - reference.Chosen;       // [B]
        var rejectedRatio = policy.Rejected - reference.Rejected; // [B]
        var h = kind == DpoLossKind.Ipo && lengths is { } n
            ? chosenRatio / n.Chosen - rejectedRatio / n.Rejected
            : chosenRatio - rejectedRatio; // [B]

        var losses = Preferred(h, beta, kind); // [B]
        if (labelSmoothing > 0 || labels is not null)
        {
            var probability = labels is null
                ? full_like(h, 1 - labelSmoothing)
                : labels.to_type(h.dtype) * (1 - 2 * labelSmoothing) + labelSmoothing; // [B]
            losses = probability * losses + (1 - probability) * Preferred(-h, beta, kind);
        }

        return new(
            losses.MoveToOuterDisposeScope(),
            (beta * chosenRatio).detach().MoveToOuterDisposeScope(),
            (beta * rejectedRatio).detach().MoveToOuterDisposeScope());
    }

    // ℓ(h): the loss when the first response is the better one, [B].
    private static Tensor Preferred(Tensor h, double beta, DpoLossKind kind) => kind switch
    {
        DpoLossKind.Sigmoid => -nn.functional.logsigmoid(beta * h),
        DpoLossKind.Hinge => nn.functional.relu(1 - beta * h),
        DpoLossKind.Ipo => (h - 1 / (2 * beta)).square(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown loss"),
    };

    private static void Check(PairLogProbs policy, PairLogProbs reference, double beta, double labelSmoothing, Tensor? labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        if (labelSmoothing is < 0 or >= 0.5)
        {
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "must be in [0, 0.5)");
        }

        TensorGuard.Vector(policy.Chosen);
        TensorGuard.SameShape(policy.Chosen, policy.Rejected);
        TensorGuard.SameShape(policy.Chosen, reference.Chosen);
        TensorGuard.SameShape(policy.Chosen, reference.Rejected);
        TensorGuard.NoGrad(reference.Chosen);
        TensorGuard.NoGrad(reference.Rejected);
        if (labels is not null)
        {
            TensorGuard.SameShape(policy.Chosen, labels);
        }
    }
}
