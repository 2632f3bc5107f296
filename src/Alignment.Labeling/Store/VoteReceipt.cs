namespace Alignment.Labeling.Store;

/// <summary>What became of a vote or an undo. A receipt that says saved or repeated is given only after the vote is on the disk.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why it was refused, for people; null when it was not.</param>
public sealed record VoteReceipt(VoteStatus Status, string? Reason = null)
{
    /// <summary>Whether the store holds it now.</summary>
    public bool IsStored => Status is VoteStatus.Saved or VoteStatus.Repeated;
}
