namespace Alignment.Data.Audit;

/// <summary>A list of things with numbers.</summary>
/// <param name="Title">What it lists.</param>
/// <param name="Columns">The names of the numbers.</param>
/// <param name="Rows">Each thing with its numbers.</param>
public sealed record AuditTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<(string Name, double[] Values)> Rows);
