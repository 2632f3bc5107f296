namespace Alignment.Sampling.Tests;

public sealed class BestOfNTests
{
    [Theory]
    [InlineData(1, 2.5)] // the mean
    [InlineData(2, 3.3333333333333335)] // of the six pairs of 1, 2, 3, 4: (2 + 3 + 4 + 3 + 4 + 4) / 6
    [InlineData(3, 3.75)] // (3 + 4 + 4 + 4) / 4
    [InlineData(4, 4)]
    public void Mean_IsThatOfTheBestOverAllChoices(int n, double mean) => BestOfN.Mean([3, 1, 4, 2], n).ShouldBe(mean, 1e-12);

    [Fact]
    public void Mean_ManyScores_StaysFinite()
    {
        double[] scores = [.. Enumerable.Range(0, 5000).Select(i => (double)i)];
        BestOfN.Mean(scores, 2500).ShouldBe(2500.0 / 2501 * 5001 - 1, 1e-6); // the expected highest of n of 1..k is n (k + 1) / (n + 1)
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.1931471805599453)] // ln 2 − 1/2
    [InlineData(8, 1.2044415416798357)] // ln 8 − 7/8
    public void KlBound_IsTheFormula(int n, double bound) => BestOfN.KlBound(n).ShouldBe(bound, 1e-15);

    [Fact]
    public void Reported_ArePowersOfTwoAndAll()
    {
        BestOfN.Reported(1).ShouldBe([1]);
        BestOfN.Reported(8).ShouldBe([1, 2, 4, 8]);
        BestOfN.Reported(10).ShouldBe([1, 2, 4, 8, 10]);
    }
}
