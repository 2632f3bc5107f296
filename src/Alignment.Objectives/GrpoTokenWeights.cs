using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Weights of the tokens in a group-relative loss: which of them count at all.</summary>
public static class GrpoTokenWeights
{
    /// <summary>1 at the tokens of highest entropy, 0 elsewhere: Wang et al. 2025, arXiv:2506.01939.</summary>
    /// <param name="entropies">[B, R], in nats.</param>
    /// <param name="mask">[B, R], boolean.</param>
    /// <param name="share">The share of tokens that stay, in (0, 1]; the bound is interpolated between two tokens, in single precision as TRL's.</param>
    /// <returns>[B, R], of the entropies' type, owned by the caller's dispose scope.</returns>
    public static Tensor HighEntropy(Tensor entropies, Tensor mask, double share)
    {
        TensorGuard.Mask(entropies, mask);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var kept = entropies[mask].to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        if (kept.Length == 0)
        {
            return zeros_like(entropies).MoveToOuterDisposeScope();
        }

        Array.Sort(kept);
        var position = (float)(1 - share) * (kept.Length - 1);
        var below = (int)MathF.Floor(position);
        var (low, high, part) = (kept[below], kept[Math.Min(below + 1, kept.Length - 1)], position - below);
        var bound = part < 0.5f ? low + (part * (high - low)) : high - ((high - low) * (1 - part));
        return (entropies.ge(bound) & mask).to_type(entropies.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>0 for responses with a negative advantage whose policy has moved too far from the sampler, 1 for all others: DeepSeek-V3.2, arXiv:2512.02556, Eq. 9.</summary>
    /// <param name="logProbs">[B, R], log π.</param>
    /// <param name="samplingLogProbs">[B, R], log-probabilities when the tokens were sampled.</param>
    /// <param name="advantages">[B], or [B, R] for one at each token.</param>
    /// <param name="mask">[B, R], boolean.</param>
    /// <param name="threshold">δ: mean of log π_old − log π above which such a response is dropped, in nats per token.</param>
    /// <returns>[B, 1], or [B, R] where advantages are; owned by the caller's dispose scope.</returns>
    public static Tensor OnPolicy(Tensor logProbs, Tensor samplingLogProbs, Tensor advantages, Tensor mask, double threshold)
    {
        TensorGuard.Mask(logProbs, mask);
        TensorGuard.SameShape(logProbs, samplingLogProbs);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var counts = mask.to_type(logProbs.dtype).sum(dim: 1, keepdim: true);
        var drift = (samplingLogProbs - logProbs).masked_fill(mask.logical_not(), 0).sum(dim: 1, keepdim: true) / maximum(counts, ones_like(counts)); // [B, 1]
        return ((advantages.dim() == 1 ? advantages.unsqueeze(1) : advantages).ge(0) | drift.le(threshold)).to_type(logProbs.dtype).MoveToOuterDisposeScope();
    }
}
