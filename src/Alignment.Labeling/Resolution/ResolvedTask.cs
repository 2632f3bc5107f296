using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Resolution;

/// <summary>A task with what its votes come to.</summary>
/// <param name="Task">The task and its votes.</param>
/// <param name="Outcome">What they come to.</param>
/// <param name="Winner">The best candidate; null unless the outcome is <see cref="TaskOutcome.Decided"/>.</param>
/// <param name="Shares">The share of each candidate, then of tie, then of both bad; all 0 without votes.</param>
public sealed record ResolvedTask(VotedTask Task, TaskOutcome Outcome, int? Winner, IReadOnlyList<double> Shares)
{
    /// <summary>What rankings say of each pair; null where no vote ranks.</summary>
    public PairShares? Pairs { get; init; }

    /// <summary>Probability that one candidate is better than another, by the rankings where there are any: shares of ties and both bad count half for either.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    /// <returns>NaN when no vote says anything of the pair.</returns>
    public double Preference(int first, int second)
    {
        if (Pairs is not null)
        {
            return Pairs.Preference(first, second);
        }

        var even = Shares[^1] + Shares[^2];
        return (Shares[first] + (even / 2)) / (Shares[first] + Shares[second] + even);
    }
}
