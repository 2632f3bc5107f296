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

    /// <summary>The scores of some responses and those of further ones from the same reward.</summary>
    /// <param name="more">With the same terms.</param>
    public RewardScores And(RewardScores more) =>
        new([.. Terms.Zip(more.Terms, (term, other) => term with { Values = [.. term.Values, .. other.Values] })]);

    /// <summary>The scores of some of the responses.</summary>
    /// <param name="rows">Which ones.</param>
    public RewardScores Of(IReadOnlyList<int> rows) =>
        new([.. Terms.Select(term => term with { Values = [.. rows.Select(row => term.Values[row])] })]);
}
