using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>What happened in a store; one of the three is there.</summary>
internal sealed record StoreEvent
{
    /// <summary>A vote was given.</summary>
    public Vote? Vote { get; init; }

    /// <summary>A vote was taken back.</summary>
    public UndoneVote? Undo { get; init; }

    /// <summary>Tasks were handed out.</summary>
    public HandedOut? Assign { get; init; }
}
