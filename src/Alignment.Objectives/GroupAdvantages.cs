using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Advantages of responses that share a prompt, row after row: GRPO (Shao et al. 2024, arXiv:2402.03300, Section 4.1.2), without scaling
/// Dr. GRPO (Liu et al. 2025, arXiv:2503.20783), RLOO (Ahmadian et al. 2024, arXiv:2402.14740, Eq. 8). A reward that is NaN could not be scored:
/// it is left out of every mean and its advantage is 0. All results are without gradient and owned by the caller's dispose scope.
/// </summary>
public static class GroupAdvantages
{
    private const double Epsilon = 1e-4; // TRL's

    /// <summary>Â = (r − mean of the group) / (standard deviation + 1e-4).</summary>
    /// <param name="rewards">[P·G], the G responses of a prompt beside each other.</param>
    /// <param name="groupSize">G ≥ 1.</param>
    /// <param name="scale">Which standard deviation, if any.</param>
    /// <returns>[P·G].</returns>
    /// <exception cref="ArgumentException">The rows do not divide into groups.</exception>
    public static Tensor Normalized(Tensor rewards, int groupSize, AdvantageScale scale = AdvantageScale.Group)
    {
        CheckGroups(rewards, groupSize);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var groups = rewards.view(-1, groupSize);
        var advantages = groups - Mean(groups);
        advantages = scale switch
        {
            AdvantageScale.Group => advantages / (Deviation(groups) + Epsilon),
            AdvantageScale.Batch => advantages / (Deviation(rewards.view(1, -1)) + Epsilon),
            AdvantageScale.None => advantages,
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "unknown scale"),
        };
        advantages = advantages.masked_fill(groups.eq(groups.narrow(1, 0, 1)).all(1, keepdim: true), 0); // equal rewards teach nothing; their rounded mean may differ from them
        return ZeroWhereNaN(advantages.reshape(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>Â = r − mean of the other rewards of the group.</summary>
    /// <param name="rewards">[P·G].</param>
    /// <param name="groupSize">G ≥ 1; with a single one every advantage is 0.</param>
    /// <param name="normalize">Whether the advantages of the batch get mean 0 and deviation 1.</param>
    /// <returns>[P·G].</returns>
    /// <exception cref="ArgumentException">The rows do not divide into groups.</exception>
    public static Tensor LeaveOneOut(Tensor rewards, int groupSize, bool normalize = false)
    {
        CheckGroups(rewards, groupSize);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (groupSize == 1)
        {
            return zeros_like(rewards).MoveToOuterDisposeScope();
        }

        var groups = rewards.view(-1, groupSize);                                          // [P, G]
        var others = Counted(groups).sum(dim: 1, keepdim: true) - 1;                       // [P, 1]
        var sum = ZeroWhereNaN(groups).sum(dim: 1, keepdim: true);                         // [P, 1]
        var advantages = (groups - (sum - groups) / others).reshape(-1);                   // [P·G]; NaN where there is no other
        advantages = advantages.masked_fill(advantages.isfinite().logical_not(), double.NaN);
        if (normalize)
        {
            var row = advantages.view(1, -1);
            advantages = ((row - Mean(row)) / (Deviation(row) + Epsilon)).reshape(-1);
        }

        return ZeroWhereNaN(advantages).MoveToOuterDisposeScope();
    }

    /// <summary>Σ_k w_k·r_k of several rewards; NaN where every one of them is.</summary>
    /// <param name="rewards">[B, F]; a NaN counts as 0 beside numbers.</param>
    /// <param name="weights">F weights; 1 each when null.</param>
    /// <returns>[B].</returns>
    /// <exception cref="ArgumentException">Not F weights.</exception>
    public static Tensor WeightedSum(Tensor rewards, IReadOnlyList<double>? weights = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sum = ZeroWhereNaN(Weighted(rewards, weights)).sum(dim: 1); // [B]
        return sum.masked_fill(rewards.isnan().all(1), double.NaN).MoveToOuterDisposeScope();
    }

    /// <summary>Each of several rewards normalised within its group, then summed with weights and normalised over the batch (GDPO, Liu et al. 2026, arXiv:2601.05242).</summary>
    /// <param name="rewards">[P·G, F].</param>
    /// <param name="groupSize">G ≥ 1.</param>
    /// <param name="weights">F weights; 1 each when null.</param>
    /// <returns>[P·G].</returns>
    /// <exception cref="ArgumentException">The rows do not divide into groups, or not F weights.</exception>
    public static Tensor NormalizedThenSummed(Tensor rewards, int groupSize, IReadOnlyList<double>? weights = null)
    {
        CheckGroups(rewards, groupSize);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var normalized = rewards.unbind(1L).Select(column =>
        {
            var groups = column.contiguous().view(-1, groupSize);
            return ((groups - Mean(groups)) / (Deviation(groups) + Epsilon)).reshape(-1);
        }).ToArray();
        var sum = WeightedSum(stack(normalized, 1), weights).masked_fill(rewards.isnan().all(1), double.NaN).view(1, -1);
        return ZeroWhereNaN(((sum - Mean(sum)) / (Deviation(sum) + Epsilon)).reshape(-1)).MoveToOuterDisposeScope();
    }

    private static Tensor Weighted(Tensor rewards, IReadOnlyList<double>? weights)
    {
        if (weights is not null && weights.Count != rewards.size(1))
        {
            throw new ArgumentException($"{weights.Count} weights for {rewards.size(1)} rewards", nameof(weights));
        }

        return weights is null ? rewards : rewards * tensor(weights.ToArray(), device: rewards.device);
    }

    private static Tensor Counted(Tensor values) => values.isnan().logical_not().to_type(values.dtype);

    private static Tensor ZeroWhereNaN(Tensor values) => values.masked_fill(values.isnan(), 0);

    // Over the numbers of each row, [P, 1].
    private static Tensor Mean(Tensor groups) => ZeroWhereNaN(groups).sum(dim: 1, keepdim: true) / Counted(groups).sum(dim: 1, keepdim: true);

    // The unbiased one, [P, 1]; n/(n − 1) in single precision as TRL's, NaN for a single number of several, 0 where the group has but one place.
    private static Tensor Deviation(Tensor groups)
    {
        if (groups.size(1) == 1)
        {
            return zeros_like(groups);
        }

        var count = Counted(groups).sum(dim: 1, keepdim: true).to_type(ScalarType.Float32);
        var bessel = (count / (count - 1)).masked_fill(count.le(1), float.NaN).to_type(groups.dtype);
        return (Mean((groups - Mean(groups)).square()) * bessel).sqrt();
    }

    private static void CheckGroups(Tensor rewards, int groupSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        if (rewards.size(0) % groupSize != 0)
        {
            throw new ArgumentException($"{rewards.size(0)} rewards do not divide into groups of {groupSize}", nameof(groupSize));
        }
    }
}
