namespace Alignment.Data.Collation;

/// <summary>Examples made of rows, in the rows' order, and what the overflow policy did.</summary>
public sealed record ExampleSet<T>(IReadOnlyList<T> Examples, OverflowReport Overflow);
