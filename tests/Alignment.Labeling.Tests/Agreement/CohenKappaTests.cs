using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

public class CohenKappaTests
{
    [Fact]
    public void Of_PrintsTheValueOfCohensTable() =>
        // Cohen 1960, table 2, 200 units; also Cohen 1968, table 1, in shares. Printed: .492
        CohenKappa.Of(new double[,] { { 88, 14, 18 }, { 10, 40, 10 }, { 2, 6, 12 } }).ShouldBe(0.492, 0.0005);

    [Theory] // Wikipedia, "Cohen's kappa", sections "Simple example" and "Same percentages but different numbers"
    [InlineData(20, 5, 10, 15, 0.4000)]
    [InlineData(45, 15, 25, 15, 0.1304)]
    [InlineData(25, 35, 5, 35, 0.2593)]
    public void Of_PrintsTheValuesOfTwoByTwoTables(double yesYes, double yesNo, double noYes, double noNo, double printed) =>
        CohenKappa.Of(new[,] { { yesYes, yesNo }, { noYes, noNo } }).ShouldBe(printed, 0.00005);

    [Fact]
    public void Of_IsNotDefined_WhenChanceAloneAgreesAlways() => CohenKappa.Of(new double[,] { { 7, 0 }, { 0, 0 } }).ShouldBe(double.NaN);

    [Fact]
    public void Pairwise_TakesEachPairsSharedUnits_AndTheirMean()
    {
        // A and B: 1122 / 1121 on units 1 to 4: p_o = 3/4, p_e = 1/2·3/4 + 1/2·1/4 = 1/2, κ = 1/2.
        // A and C share units 1 and 3 only: (1, 1), (2, 2): κ = 1. B and C: the same values, κ = 1.
        var (pairs, mean) = CohenKappa.Pairwise(Units.OfRows(2, "1122", "1121", "1.2."), Units.Few);
        pairs.Select(pair => (pair.First, pair.Second, pair.Tasks, pair.Kappa!.Value.Mean)).ShouldBe(
            [("annotator A", "annotator B", 4, 0.5), ("annotator A", "annotator C", 2, 1), ("annotator B", "annotator C", 2, 1)]);
        mean!.Value.Mean.ShouldBe(2.5 / 3, 1e-12);
        mean.Value.Low.ShouldBeLessThan(mean.Value.Mean);
    }

    [Fact]
    public void Pairwise_WithoutSharedUnits_IsEmpty()
    {
        var (pairs, mean) = CohenKappa.Pairwise(Units.OfRows(2, "1.", ".2"), Units.Few);
        pairs.ShouldBeEmpty();
        mean.ShouldBeNull();
    }
}
