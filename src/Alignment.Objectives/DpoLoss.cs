using Alignment.Objectives.Pairwise;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Preference optimisation on pairs: a weighted sum of the forms in <see cref="PairwiseLosses"/>, with DPO (Rafailov et al. 2023,
/// arXiv:2305.18290, Eq. 7) as the first of them. Several forms together are MPO (Wang et al. 2024, arXiv:2411.10442, Eq. 2), DPO with the
/// likelihood is RPO (Pang et al. 2024, arXiv:2404.19733, Eq. 1).
/// </summary>
public static class DpoLoss
{
    /// <summary>
    /// L = w·Σ_k λ_k·(p·ℓ_k(y_w, y_l) + (1 − p)·ℓ_k(y_l, y_w)), where p is the probability that the chosen response is better: the label y, and
    /// y(1 − ε) + (1 − y)ε for the forms that take label smoothing so.
    /// </summary>
    /// <param name="policy">Under the trained policy; gradient flows through both members.</param>
    /// <param name="reference">Under the reference, without gradient; null for none (all zeros: a uniform reference).</param>
    /// <param name="options">Forms, weights, β, ε, divergence.</param>
    /// <param name="labels">[B], y in [0, 1]: soft labels, 0.5 for a tie; null means that every chosen response is better.</param>
    /// <param name="lengths">Response lengths in tokens, [B] each; the forms per token need them.</param>
    /// <param name="margins">[B], m ≥ 0: by how much the better response's reward must lead (ODPO, Amini et al. 2024, arXiv:2402.10571, Eq. 7); null for none.</param>
    /// <param name="likelihoods">[B], −log π of the chosen responses; the form sft needs it.</param>
    /// <param name="weights">[B], w, without gradient (WPO, <see cref="WpoWeights"/>); null for 1.</param>
    /// <returns>Row-wise results, owned by the caller's dispose scope. The inputs are not disposed.</returns>
    /// <exception cref="ArgumentException">Shapes differ, an option is out of range, the reference carries gradient, or a form lacks what it needs.</exception>
    public static DpoLossResult Compute(
        PairLogProbs policy,
        PairLogProbs? reference,
        DpoLossOptions options,
        Tensor? labels = null,
        PairLogProbs? lengths = null,
        Tensor? margins = null,
        Tensor? likelihoods = null,
        Tensor? weights = null)
    {
        Check(policy, reference, options, labels, margins);

        using var scope = NewDisposeScope();
        var terms = new PairwiseTerms(policy, reference ?? new(zeros_like(policy.Chosen), zeros_like(policy.Rejected)), options)
        {
            Lengths = lengths,
            Margins = margins,
            Likelihoods = likelihoods,
        };
        var losses = zeros_like(policy.Chosen); // [B]
        for (var k = 0; k < options.Losses.Count; k++)
        {
            losses = losses + (options.Weights?[k] ?? 1) * Directed(PairwiseLosses.Of(options.Losses[k]), terms, labels);
        }

        if (weights is not null)
        {
            losses = losses * weights;
        }

        return new(
            losses.MoveToOuterDisposeScope(),
            (options.Beta * terms.LogRatios.Chosen).detach().MoveToOuterDisposeScope(),
            (options.Beta * terms.LogRatios.Rejected).detach().MoveToOuterDisposeScope());
    }

    /// <summary>One form with weight 1 against the reverse KL.</summary>
    /// <param name="policy">Under the trained policy.</param>
    /// <param name="reference">Under the frozen reference; carries no gradient.</param>
    /// <param name="beta">β &gt; 0.</param>
    /// <param name="kind">The form.</param>
    /// <param name="labelSmoothing">ε in [0, 0.5).</param>
    /// <param name="labels">[B], y in [0, 1], or null.</param>
    /// <param name="lengths">Response lengths in tokens; null for IPO's un-normalised form.</param>
    /// <returns>Row-wise results, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">As above.</exception>
    public static DpoLossResult Compute(
        PairLogProbs policy,
        PairLogProbs reference,
        double beta,
        DpoLossKind kind = DpoLossKind.Sigmoid,
        double labelSmoothing = 0,
        Tensor? labels = null,
        PairLogProbs? lengths = null) =>
        Compute(policy, reference, new DpoLossOptions { Losses = [kind], Beta = beta, LabelSmoothing = labelSmoothing, IpoLengthNorm = lengths is not null }, labels, lengths);

    // p·ℓ(y_w, y_l) + (1 − p)·ℓ(y_l, y_w), [B]
    private static Tensor Directed(PairwiseLoss loss, PairwiseTerms terms, Tensor? labels)
    {
        var forward = loss.Rows(terms); // [B]
        var smoothing = loss.Smoothing == LabelSmoothingUse.Mixture ? terms.Options.LabelSmoothing : 0;
        if (!loss.Swappable || (labels is null && smoothing == 0))
        {
            return forward;
        }

        var probability = labels is null
            ? full_like(forward, 1 - smoothing)
            : labels.to_type(forward.dtype) * (1 - 2 * smoothing) + smoothing; // [B]
        return probability * forward + (1 - probability) * loss.Rows(terms.Swapped());
    }

    private static void Check(PairLogProbs policy, PairLogProbs? reference, DpoLossOptions options, Tensor? labels, Tensor? margins)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new ArgumentOutOfRangeException(nameof(options), problem);
        }

        TensorGuard.Vector(policy.Chosen);
        TensorGuard.SameShape(policy.Chosen, policy.Rejected);
        if (reference is { } frozen)
        {
            TensorGuard.SameShape(policy.Chosen, frozen.Chosen);
            TensorGuard.SameShape(policy.Chosen, frozen.Rejected);
            TensorGuard.NoGrad(frozen.Chosen);
            TensorGuard.NoGrad(frozen.Rejected);
        }

        if (labels is not null)
        {
            TensorGuard.SameShape(policy.Chosen, labels);
            if (options.Losses.Select(PairwiseLosses.Of).FirstOrDefault(loss => loss.SortsBatch) is { } sorted)
            {
                throw new ArgumentException($"{sorted.Name} compares sorted batches, not pairs: it cannot take soft labels or ties", nameof(labels));
            }
        }

        if (margins is not null)
        {
            TensorGuard.SameShape(policy.Chosen, margins);
            foreach (var kind in options.Losses.Where(kind => kind != DpoLossKind.Sft && !PairwiseLosses.Of(kind).TakesMargins))
            {
                throw new ArgumentException($"{PairwiseLosses.Of(kind).Name} has no place for a margin; leave margins out or take {string.Join(", ", PairwiseLosses.All.Where(l => l.TakesMargins).Select(l => l.Name))}", nameof(margins));
            }
        }
    }
}
