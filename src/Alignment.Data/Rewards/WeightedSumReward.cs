using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>A reward and its factor in a sum.</summary>
/// <param name="Reward">The term.</param>
/// <param name="Weight">Its factor; finite.</param>
public sealed record WeightedReward(ITextReward Reward, double Weight);

/// <summary>
/// r(x, y) = Σᵢ wᵢ·rᵢ(x, y). Range: from the sum of the negative weights to the sum of the positive ones when every term lies in [0, 1],
/// as the built-in ones do. Not divided by the weights' sum: the numbers keep the weights' units.
/// </summary>
public sealed class WeightedSumReward(IReadOnlyList<WeightedReward> terms) : ITextReward
{
    /// <summary>The terms in the order given.</summary>
    public IReadOnlyList<WeightedReward> Terms { get; } = terms;

    /// <inheritdoc/>
    public string Name => "reward";

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        double sum = 0;
        foreach (WeightedReward term in Terms)
        {
            sum += term.Weight * term.Reward.Score(prompt, response, columns, rowId);
        }

        return sum;
    }

    /// <summary>Each term's own score, unweighted, in the order of <see cref="Terms"/>, for reports.</summary>
    public double[] TermScores(string prompt, string response, JsonObject columns, string? rowId = null) =>
        [.. Terms.Select(term => term.Reward.Score(prompt, response, columns, rowId))];
}
