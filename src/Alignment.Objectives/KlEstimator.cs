using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Which estimator of KL(π ‖ π_ref) is taken from the sampled tokens; with r = log π_ref − log π (Schulman 2020, "Approximating KL divergence").</summary>
public enum KlEstimator
{
    /// <summary>−r: unbiased, may be negative.</summary>
    K1,

    /// <summary>r² / 2: biased, never negative, low variance.</summary>
    K2,

    /// <summary>eʳ − 1 − r: unbiased and never negative.</summary>
    K3,

    /// <summary>|r|: biased and never negative.</summary>
    Abs,

    /// <summary>Σ_v π(v)·(log π(v) − log π_ref(v)): the divergence itself at each position, never negative, without the chance of the sampled token; takes both distributions.</summary>
    Full,
}

/// <summary>Per-token estimates of the divergence from the reference.</summary>
public static class KlEstimators
{
    /// <summary>The estimate at every sampled token.</summary>
    /// <param name="policyLogProbs">log π of the sampled tokens, any shape, in nats.</param>
    /// <param name="referenceLogProbs">log π_ref of the same tokens, same shape.</param>
    /// <param name="estimator">Which estimator.</param>
    /// <returns>Same shape, in nats per token, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor PerToken(Tensor policyLogProbs, Tensor referenceLogProbs, KlEstimator estimator)
    {
        TensorGuard.SameShape(policyLogProbs, referenceLogProbs);
        using var scope = NewDisposeScope();
        var r = referenceLogProbs - policyLogProbs;
        var kl = estimator switch
        {
            KlEstimator.K1 => -r,
            KlEstimator.K2 => r.square() / 2,
            KlEstimator.K3 => r.exp() - 1 - r,
            KlEstimator.Abs => r.abs(),
            KlEstimator.Full => throw new ArgumentException("the full divergence takes the distributions of both, not the sampled tokens' log-probabilities: see Full", nameof(estimator)),
            _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, "unknown estimator"),
        };
        return kl.MoveToOuterDisposeScope();
    }

    /// <summary>KL(π ‖ π_ref) at every position: TRL's <c>kl_penalty="full"</c> (until 0.11).</summary>
    /// <param name="logits">The policy's, [..., V].</param>
    /// <param name="referenceLogits">The reference's, same shape.</param>
    /// <returns>[...], in nats per token, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor Full(Tensor logits, Tensor referenceLogits)
    {
        TensorGuard.SameShape(logits, referenceLogits);
        using var scope = NewDisposeScope();
        var logProbs = logits.log_softmax(-1);
        return (logProbs.exp() * (logProbs - referenceLogits.log_softmax(-1))).sum([-1]).MoveToOuterDisposeScope();
    }
}
