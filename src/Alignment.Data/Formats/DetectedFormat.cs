namespace Alignment.Data.Formats;

/// <summary>The format that a file has.</summary>
/// <param name="Format">The format.</param>
/// <param name="Reason">What showed it.</param>
/// <param name="Rows">How many of the rows looked at have it.</param>
/// <param name="LookedAt">How many were looked at.</param>
public sealed record DetectedFormat(DataFormat Format, string Reason, int Rows, int LookedAt);
