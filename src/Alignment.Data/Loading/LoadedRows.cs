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
    /// <summary>Which of the examples an epoch has, where they come from several sources; null: each once.</summary>
    public SourceMix? Mix { get; init; }

    /// <summary>The same rows as another kind of example.</summary>
    /// <typeparam name="TOther">The kind.</typeparam>
    /// <param name="make">Makes it of one of these.</param>
    public LoadedRows<TOther> As<TOther>(Func<T, TOther> make) => new([.. Examples.Select(make)], Overflow, SkippedCount, Skipped) { Mix = Mix };

    /// <summary>Several sets as one.</summary>
    /// <param name="sets">At least one; their examples follow each other.</param>
    public static LoadedRows<T> Join(IReadOnlyList<LoadedRows<T>> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        var reports = sets.Select(set => set.Overflow).ToList();
        return new(
            [.. sets.SelectMany(set => set.Examples)],
            new OverflowReport(
                reports.Sum(one => one.Rows), reports.Sum(one => one.Kept), reports.Sum(one => one.Dropped), reports.Sum(one => one.Truncated),
                reports.Sum(one => one.TokensCut), reports.Max(one => one.LongestTokens), [.. reports.SelectMany(one => one.DroppedRowIds).Take(OverflowReport.ListedAtMost)]),
            sets.Sum(set => set.SkippedCount),
            [.. sets.SelectMany(set => set.Skipped)]);
    }

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
        .. Mix is null ? [] : Mix.Names.Zip(Mix.Drawn, (name, drawn) => ($"{prefix}/epoch/{name}", (long)drawn)),
    ];
}
