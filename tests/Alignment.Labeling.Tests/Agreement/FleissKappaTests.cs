using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

public class FleissKappaTests
{
    // Fleiss 1971, "Measuring nominal scale agreement among many raters", table 1: 30 patients, 6 diagnoses each,
    // of depression, personality disorder, schizophrenia, neurosis, other.
    private static readonly int[][] Diagnoses =
    [
        [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1],
        [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
        [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
    ];

    [Fact]
    public void Of_PrintsTheValueOfFleissTable()
    {
        var result = FleissKappa.Of(Units.OfCounts(Diagnoses), Units.Few);
        result.Kappa!.Value.Mean.ShouldBe(0.430, 0.0005);
        (result.Raters, result.Tasks).ShouldBe((6, 30));
        result.Kappa.Value.Low.ShouldBeInRange(0.25, 0.43);
        result.Kappa.Value.High.ShouldBeInRange(0.43, 0.6);
    }

    [Fact]
    public void Of_PrintsTheValueOfTheFourteenRaters()
    {
        // Wikipedia, "Fleiss' kappa", worked example: 10 units, 14 ratings each. Printed: 0.210
        int[][] counts =
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ];
        FleissKappa.Of(Units.OfCounts(counts), Units.Few).Kappa!.Value.Mean.ShouldBe(0.210, 0.0005);
    }

    [Fact]
    public void Of_LeavesUnitsWithAnotherNumberOfRatingsOut()
    {
        int[][] mixed = [.. Diagnoses, [3, 0, 0, 0, 0], [0, 1, 0, 0, 0]];
        var result = FleissKappa.Of(Units.OfCounts(mixed), Units.Few);
        result.Kappa!.Value.Mean.ShouldBe(0.430, 0.0005);
        result.Tasks.ShouldBe(30);
    }

    [Fact]
    public void Of_SingleRatings_IsNotDefined() => FleissKappa.Of(Units.OfCounts([1, 0], [0, 1]), Units.Few).Kappa.ShouldBeNull();
}
