namespace Alignment.Data.Rows;

/// <summary>One of several responses to a prompt.</summary>
/// <param name="Content">The response.</param>
/// <param name="Score">Higher is better; null where the file only ranks.</param>
/// <param name="Rank">0 is the best, equal ranks are ties; null where the file only rates, or where nobody ranked this one.</param>
/// <param name="Model">Which model wrote it; null where the file does not say.</param>
public sealed record RankedResponse(Content Content, double? Score = null, int? Rank = null, string? Model = null)
{
    /// <summary>Above 0 where this one is better than the other, 0 where they are equal; null where nobody compared them.</summary>
    /// <param name="other">Another response to the same prompt.</param>
    public double? BetterThan(RankedResponse other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Rank is { } mine && other.Rank is { } theirs ? theirs - mine
            : Score is { } good && other.Score is { } bad ? good - bad : null;
    }
}
