namespace Alignment.Labeling.Client;

/// <summary>A vote as the page's API takes it.</summary>
/// <param name="Id">Made by the sender; sent again with the same id and content it is saved once.</param>
/// <param name="Task">The task.</param>
/// <param name="Choice">The place of the best answer as shown, or <c>tie</c>, <c>both_bad</c>, <c>skip</c>.</param>
public sealed record PageVote(string Id, string Task, object Choice)
{
    /// <summary>All places, the best first; null where only the best was named.</summary>
    public IReadOnlyList<int>? Ranking { get; init; }

    /// <summary>The order in which the answers were shown, as the server gave it.</summary>
    public IReadOnlyList<int>? Shown { get; init; }

    /// <summary>When the vote was given; null leaves it to the server.</summary>
    public DateTimeOffset? At { get; init; }
}
