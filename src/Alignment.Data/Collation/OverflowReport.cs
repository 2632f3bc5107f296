namespace Alignment.Data.Collation;

/// <summary>What the overflow policy did, for the manifest.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Kept">Rows that became examples, the truncated ones included.</param>
/// <param name="Dropped">Rows left out.</param>
/// <param name="Truncated">Rows whose prompt was cut.</param>
/// <param name="TokensCut">Prompt tokens cut in all.</param>
/// <param name="LongestTokens">Tokens of the longest row before any cut.</param>
/// <param name="DroppedRowIds">The first 100 rows left out.</param>
public sealed record OverflowReport(int Rows, int Kept, int Dropped, int Truncated, long TokensCut, int LongestTokens, IReadOnlyList<string> DroppedRowIds)
{
    /// <summary>How many rows left out are named.</summary>
    internal const int ListedAtMost = 100;
}
