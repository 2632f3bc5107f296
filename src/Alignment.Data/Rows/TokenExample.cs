namespace Alignment.Data.Rows;

/// <summary>One sequence with its loss mask.</summary>
/// <param name="RowId">The row it was made of; for packed text the first and last one.</param>
/// <param name="Ids">Token ids, T of them.</param>
/// <param name="Supervised">T flags: token i is a target of the loss, predicted from the tokens before it. Never true at index 0.</param>
public sealed record TokenExample(string RowId, int[] Ids, bool[] Supervised)
{
    /// <summary>Where sequences begin that share this one without seeing each other, the first at 0; null where it is one.</summary>
    public int[]? Starts { get; init; }
}
