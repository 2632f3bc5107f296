using Alignment.Labeling.Store;

namespace Alignment.Labeling.Client;

/// <summary>What became of a vote.</summary>
/// <param name="Id">The vote's id.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Problem">Why it was refused; null when it was not.</param>
public sealed record PageReceipt(string Id, VoteStatus Status, string? Problem)
{
    /// <summary>Whether the store holds it now.</summary>
    public bool IsStored => Status is VoteStatus.Saved or VoteStatus.Repeated;
}
