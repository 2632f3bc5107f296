namespace Alignment.Rollouts.Rewards;

/// <summary>One reward of several: what it is called, its factor in the sum, and its own scores, one per response.</summary>
/// <param name="Name">As reported.</param>
/// <param name="Weight">The factor.</param>
/// <param name="Values">Unweighted; NaN where a response could not be scored.</param>
public sealed record RewardTerm(string Name, double Weight, double[] Values);

/// <summary>The scores of some responses.</summary>
/// <param name="Terms">At least one, all of one length.</param>
public sealed record RewardScores(IReadOnlyList<RewardTerm> Terms)
{
    /// <summary>Of an ensemble: standard deviation over its members of each response's reward, in units of the reward; null of anything else.</summary>
    public double[]? Disagreement { get; init; }

    /// <summary>Σ weight · value of a response; a term without a score adds nothing.</summary>
    /// <param name="row">Which response.</param>
    /// <returns>NaN where no term has a score.</returns>
    public double Sum(int row)
    {
        var (sum, scored) = (0.0, false);
        foreach (var term in Terms)
        {
            if (!double.IsNaN(term.Values[row]))
            {
                sum += term.Weight * term.Values[row];
                scored = true;
            }
        }

        return scored ? sum : double.NaN;
    }
}
