namespace Alignment.Objectives.Tests;

public class KlCoefficientTests
{
    [Theory]
    [InlineData(6, 0.2)]        // on target: unchanged
    [InlineData(6.6, 0.2008)]   // error 0.1: 0.2 * (1 + 0.1 * 400 / 10000)
    [InlineData(60, 0.2016)]    // error clipped to 0.2
    [InlineData(0, 0.1984)]     // error clipped to -0.2
    [InlineData(-3, 0.1984)]
    public void Adapt_HandValues(double kl, double expected) =>
        KlCoefficient.Adapt(0.2, kl, target: 6, horizon: 10_000, episodes: 400).ShouldBe(expected, 1e-12);

    [Fact]
    public void Adapt_InfiniteKl_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => KlCoefficient.Adapt(0.2, double.NaN, 6, 10_000, 1));
}
