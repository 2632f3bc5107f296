namespace Alignment.Labeling.Agreement;

/// <summary>Units (tasks) with the ratings that annotators gave them: the data that every coefficient of agreement is of. An annotator rates a unit
/// at most once; units may have any number of ratings.</summary>
/// <param name="Categories">Number of categories, C.</param>
/// <param name="Units">The ratings of each unit, those without ratings included.</param>
public sealed record RatedUnits(int Categories, IReadOnlyList<IReadOnlyList<Rating>> Units)
{
    /// <summary>How often each category was given to a unit.</summary>
    /// <param name="unit">The unit's ratings.</param>
    /// <returns>C counts.</returns>
    public int[] Counts(IReadOnlyList<Rating> unit)
    {
        var counts = new int[Categories];
        foreach (var rating in unit)
        {
            counts[rating.Value]++;
        }

        return counts;
    }
}
