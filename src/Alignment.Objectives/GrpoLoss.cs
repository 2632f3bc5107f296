using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Group-relative policy optimisation: Shao et al. 2024, arXiv:2402.03300, Eq. 3, with the forms of Dr. GRPO (arXiv:2503.20783), DAPO
/// (arXiv:2503.14476, Eq. 8), CISPO (MiniMax-M1, arXiv:2506.13585, Eq. 4), LUSPO (arXiv:2602.05261), SAPO (arXiv:2511.20347), VESPO (arXiv:2602.10693)
/// and GSPO's ratio of a whole response (arXiv:2507.18071, Eq. 7).
/// </summary>
public static class GrpoLoss
{
    /// <summary>−min(ρ·Â, clip(ρ, 1 − ε, 1 + ε′)·Â) + β·kl, or the form's own term; ρ = exp(log π − log π_old).</summary>
    /// <param name="logProbs">[B, R], log π of the sampled tokens, with gradient.</param>
    /// <param name="oldLogProbs">[B, R], the same when they were sampled; null where they are still the policy's own (ρ = 1, with gradient).</param>
    /// <param name="advantages">[B], or [B, R] for one at each token.</param>
    /// <param name="mask">[B, R], boolean: tokens of the responses that count.</param>
    /// <param name="options">Form, bounds, β.</param>
    /// <param name="referenceLogProbs">[B, R]; needed at β &gt; 0 only.</param>
    /// <param name="weights">[B, R] or [B, 1], multiplied to the policy's term but not to the KL; null for 1.</param>
    /// <param name="sampling">π_old over the program that sampled, [B, R] or [B, 1]: a further factor of the policy's term, for vespo of the response's ratio; null for 1.</param>
    /// <returns>Token by token, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ, a constant carries gradient, or the reference is missing.</exception>
    public static GrpoTerms PerToken(
        Tensor logProbs, Tensor? oldLogProbs, Tensor advantages, Tensor mask, GrpoLossOptions options, Tensor? referenceLogProbs = null, Tensor? weights = null, Tensor? sampling = null)
    {
        Check(logProbs, oldLogProbs, advantages, mask, options, referenceLogProbs);
        using var scope = NewDisposeScope();
        var outside = mask.logical_not();
        var current = logProbs.masked_fill(outside, 0);
        var logRatio = current - (oldLogProbs ?? logProbs.detach()).masked_fill(outside, 0); // [B, R]
        var advantage = advantages.dim() == 1 ? advantages.unsqueeze(1) : advantages;          // [B, 1] or [B, R]
        var ratio = Level(logRatio, current, mask, options.Level).exp(); // [B, R] or [B, 1]
        var kl = options.Beta == 0 ? null : KlEstimators.PerToken(current, referenceLogProbs!.masked_fill(outside, 0), KlEstimator.K3);
        if (kl is not null && options.UnbiasedKl)
        {
            kl = kl * ratio;
        }

        if (options.Kind == GrpoLossKind.Vespo)
        {
            var gamma = GammaWeight(logRatio, advantage, options, sampling);
            return Finish(-gamma * advantage * current) with { SequenceWeights = gamma.MoveToOuterDisposeScope() };
        }

        if (options.Delta is { } delta && IsClipped(options.Kind))
        {
            (var clipped, ratio) = (ratio.clamp((Scalar)(1 - options.EpsilonLow), (Scalar)(1 + options.Upper)), ratio.clamp(max: (Scalar)delta));
            return Finish(-minimum(ratio * advantage, clipped * advantage));
        }

        return Finish(options.Kind switch
        {
            GrpoLossKind.Cispo => -ratio.clamp(max: (Scalar)options.Upper).detach() * advantage * current,
            GrpoLossKind.Sapo => -SoftGate(ratio, advantage, options) * advantage,
            _ => -minimum(ratio * advantage, ratio.clamp((Scalar)(1 - options.EpsilonLow), (Scalar)(1 + options.Upper)) * advantage),
        });

        GrpoTerms Finish(Tensor losses)
        {
            losses = weights is null ? losses : losses * weights;
            losses = sampling is null || options.Kind == GrpoLossKind.Vespo ? losses : losses * sampling;
            losses = kl is null ? losses : losses + options.Beta * kl;
            var fixedRatio = ratio.detach();
            var upper = options.Kind == GrpoLossKind.Cispo ? options.Upper : 1 + options.Upper;
            return new(
                losses.MoveToOuterDisposeScope(),
                fixedRatio.MoveToOuterDisposeScope(),
                (fixedRatio.lt(1 - options.EpsilonLow) & advantage.lt(0)).MoveToOuterDisposeScope(),
                (fixedRatio.gt(upper) & advantage.gt(0)).MoveToOuterDisposeScope(),
                kl?.detach().MoveToOuterDisposeScope());
        }
    }

    /// <summary>The loss: the token terms summed and divided as the form says.</summary>
    /// <param name="losses">[B, R] or [B, 1], from <see cref="PerToken"/>.</param>
    /// <param name="mask">[B, R], boolean.</param>
    /// <param name="kind">The form.</param>
    /// <param name="longest">Tokens that a response may have; dr_grpo divides by it.</param>
    /// <param name="tokens">Response tokens of the whole step, for dapo, cispo and vespo; those of the mask when null.</param>
    /// <param name="counted">Tokens of the mask; null: its device is asked for them where they are needed, and waited for.</param>
    /// <returns>[B], whose mean is the loss; owned by the caller's dispose scope.</returns>
    public static Tensor Rows(Tensor losses, Tensor mask, GrpoLossKind kind, int longest, double? tokens = null, long? counted = null)
    {
        using var scope = NewDisposeScope();
        var rows = mask.size(0);
        var sums = losses.expand(mask.shape).masked_fill(mask.logical_not(), 0).sum(dim: 1); // [B]
        return (kind switch
        {
            GrpoLossKind.Grpo or GrpoLossKind.Sapo => sums / Lengths(mask),
            GrpoLossKind.Bnpo => sums * ((double)rows / Total()),
            GrpoLossKind.DrGrpo => sums / longest,
            GrpoLossKind.Luspo => sums,
            GrpoLossKind.Dapo or GrpoLossKind.Cispo or GrpoLossKind.Vespo => sums * (rows / Math.Max(1, tokens ?? Total())),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown loss"),
        }).MoveToOuterDisposeScope();

        long Total() => Math.Max(1, counted ?? Masked.Count(mask));
    }

    // log ρ: of each token, of each response, or of each response with the gradient of each token.
    private static Tensor Level(Tensor logRatio, Tensor current, Tensor mask, RatioLevel level)
    {
        if (level == RatioLevel.Token)
        {
            return logRatio;
        }

        var mean = (logRatio.sum(dim: 1) / Lengths(mask)).unsqueeze(1); // [B, 1]
        return level == RatioLevel.Sequence ? mean : current - current.detach() + mean.detach();
    }

    private static bool IsClipped(GrpoLossKind kind) => kind is not (GrpoLossKind.Cispo or GrpoLossKind.Sapo or GrpoLossKind.Vespo);

    private static Tensor Lengths(Tensor mask) => mask.sum(dim: 1).clamp(min: (Scalar)1).to_type(ScalarType.Float64);

    // SAPO's gate 4/τ·σ(τ(ρ − 1)), τ by the advantage's sign, in single precision as TRL's.
    private static Tensor SoftGate(Tensor ratio, Tensor advantage, GrpoLossOptions options)
    {
        var temperature = Choose(advantage.gt(0), options.SapoTemperaturePositive, options.SapoTemperatureNegative);
        return (temperature * (ratio - 1)).sigmoid() * 4 / temperature;
    }

    // VESPO's φ(w) = e^λ·w^k·e^(−λw) of the sequence's ratio w, [B, 1], without gradient.
    private static Tensor GammaWeight(Tensor logRatio, Tensor advantage, GrpoLossOptions options, Tensor? sampling)
    {
        using var noGrad = no_grad();
        var (least, most) = ((Scalar)Math.Log(1e-8), (Scalar)20);
        var sum = logRatio.clamp((Scalar)(-20), most).sum(dim: 1, keepdim: true);
        sum = sampling is null ? sum : sum + sampling.log().clamp(least, most).sum(dim: 1, keepdim: true);
        var logW = sum.clamp(least, most);
        var up = advantage.ge(0);
        var power = Choose(up, options.VespoPowerPositive, options.VespoPowerNegative);
        var rate = Choose(up, options.VespoRatePositive, options.VespoRateNegative).clamp(min: (Scalar)1e-4);
        return (rate + power * logW - rate * logW.exp()).exp(); // ≥ 0 and finite: logW lies in [log 1e-8, 20]
    }

    private static Tensor Choose(Tensor condition, double yes, double no) =>
        where(condition, full_like(condition, (float)yes, ScalarType.Float64), full_like(condition, (float)no, ScalarType.Float64));

    private static void Check(Tensor logProbs, Tensor? oldLogProbs, Tensor advantages, Tensor mask, GrpoLossOptions options, Tensor? referenceLogProbs)
    {
        TensorGuard.Mask(logProbs, mask);
        TensorGuard.NoGrad(advantages);
        if (oldLogProbs is not null)
        {
            TensorGuard.SameShape(logProbs, oldLogProbs);
            TensorGuard.NoGrad(oldLogProbs);
        }

        if (options.Beta == 0)
        {
            return;
        }

        if (referenceLogProbs is null)
        {
            throw new ArgumentException("beta is above 0: give the reference's log-probabilities", nameof(referenceLogProbs));
        }

        TensorGuard.SameShape(logProbs, referenceLogProbs);
        TensorGuard.NoGrad(referenceLogProbs);
    }
}
