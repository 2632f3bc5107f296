using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>The reward model's loss on ranked answers: Ouyang et al. 2022 (InstructGPT), arXiv:2203.02155, Eq. 1: all pairs of a prompt together, averaged.</summary>
public static class RankingLoss
{
    /// <summary>1/(number of pairs)·Σ_{i better than j} (−log σ(r_i − r_j) + c·(r_i + r_j)²) of each prompt.</summary>
    /// <param name="rewards">[B, K], with gradient.</param>
    /// <param name="ranks">[B, K], Int64: 0 for the best; equal ranks are no pair; −1 for no answer. Null when the answers stand best first.</param>
    /// <param name="centerCoefficient">c ≥ 0; see <see cref="BradleyTerryLoss"/>.</param>
    /// <returns>[B]; 0 for a prompt without a pair. Owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or the coefficient is negative.</exception>
    public static Tensor Compute(Tensor rewards, Tensor? ranks = null, double centerCoefficient = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(centerCoefficient);
        if (rewards.dim() != 2)
        {
            throw new ArgumentException($"rewards must be [B, K], got [{string.Join(", ", rewards.shape)}]", nameof(rewards));
        }

        using var scope = NewDisposeScope();
        var places = ranks ?? arange(rewards.size(1), device: rewards.device).expand(rewards.shape);
        TensorGuard.SameShape(rewards, places);
        var better = places.unsqueeze(2).lt(places.unsqueeze(1)) & places.unsqueeze(2).ge(0) & places.unsqueeze(1).ge(0); // [B, K, K]
        var losses = nn.functional.logsigmoid(rewards.unsqueeze(2) - rewards.unsqueeze(1)).neg();                          // [B, K, K]
        if (centerCoefficient > 0)
        {
            losses += centerCoefficient * (rewards.unsqueeze(2) + rewards.unsqueeze(1)).square();
        }

        var counts = better.to_type(rewards.dtype).sum([1, 2]);
        return (losses.masked_fill(better.logical_not(), 0).sum([1, 2]) / maximum(counts, ones_like(counts))).MoveToOuterDisposeScope();
    }
}
