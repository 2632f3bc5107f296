using Alignment.Data.Collation;
using Alignment.Data.Formats;

namespace Alignment.Data.Loading;

/// <summary>The examples of some files, with what was left out on the way.</summary>
/// <typeparam name="T">The kind of example.</typeparam>
/// <param name="Examples">In the order of the files.</param>
/// <param name="Overflow">What the length limit did.</param>
/// <param name="SkippedCount">Rows that could not be used.</param>
/// <param name="Skipped">The first of them, with the reason.</param>
public sealed record LoadedRows<T>(
    IReadOnlyList<T> Examples, OverflowReport Overflow, long SkippedCount, IReadOnlyList<SkippedRow> Skipped)
{
    /// <summary>Counts for a stage's manifest.</summary>
    /// <param name="prefix">What the files are for: <c>train</c>, <c>eval</c>.</param>
    /// <returns>Name and count.</returns>
    public IEnumerable<(string Name, long Value)> Counts(string prefix) =>
    [
        ($"{prefix}/rows", Overflow.Rows),
        ($"{prefix}/examples", Examples.Count),
        ($"{prefix}/skipped", SkippedCount),
        ($"{prefix}/dropped", Overflow.Dropped),
        ($"{prefix}/truncated", Overflow.Truncated),
    ];
}
