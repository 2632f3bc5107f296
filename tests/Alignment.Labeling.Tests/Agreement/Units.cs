using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

/// <summary>Published tables as ratings.</summary>
internal static class Units
{
    public static readonly Resampling Few = new(Seed: 5, Count: 200);

    /// <summary>One text an annotator, one character a unit: 1 is the first category, <c>.</c> is missing.</summary>
    public static RatedUnits OfRows(int categories, params string[] rows) => new(categories,
        [.. Enumerable.Range(0, rows[0].Length).Select(unit => (IReadOnlyList<Rating>)[.. rows
            .Select((row, annotator) => (Name: $"annotator {(char)('A' + annotator)}", Value: row[unit]))
            .Where(rating => rating.Value != '.').Select(rating => new Rating(rating.Name, rating.Value - '1'))])]);

    /// <summary>One row a unit: how many of n annotators gave each category.</summary>
    public static RatedUnits OfCounts(params int[][] units) => new(units[0].Length,
        [.. units.Select(counts => (IReadOnlyList<Rating>)[.. counts
            .SelectMany((count, category) => Enumerable.Repeat(category, count)).Select((category, i) => new Rating($"{i}", category))])]);
}
