using Alignment.Training.Statistics;

namespace Alignment.Training.Tests.Statistics;

public class BootstrapTests
{
    [Fact]
    public void Mean_SameSeed_SameInterval()
    {
        double[] values = [.. Enumerable.Range(0, 50).Select(i => Math.Sin(i * i))];
        Bootstrap.Mean(values, seed: 5).ShouldBe(Bootstrap.Mean(values, seed: 5));
        Bootstrap.Mean(values, seed: 5).Low.ShouldNotBe(Bootstrap.Mean(values, seed: 6).Low);
    }

    [Fact]
    public void Mean_ConstantSample_HasNoWidth() => Bootstrap.Mean([2, 2, 2], seed: 1).ShouldBe(new Interval(2, 2, 2));

    [Fact]
    public void Mean_FairCoin_IntervalIsTheNormalOne()
    {
        // 400 tosses, half heads: 0.5 ± 1.96 * 0.5 / 20 = 0.5 ± 0.049.
        var interval = Bootstrap.Mean([.. Enumerable.Range(0, 400).Select(i => i % 2.0)], seed: 3, resamples: 4000);
        interval.Mean.ShouldBe(0.5);
        interval.Low.ShouldBe(0.451, 0.006);
        interval.High.ShouldBe(0.549, 0.006);
    }

    [Fact]
    public void Mean_Empty_Throws() => Should.Throw<ArgumentException>(() => Bootstrap.Mean([], seed: 1));

    [Fact]
    public void MeanOfUnits_WithSeveralThings_WeighsThemByTheirCounts()
    {
        var interval = Bootstrap.MeanOfUnits([(3.0, 4), (1, 1), (0, 5)], seed: 1);

        interval.Mean.ShouldBe(0.4, 1e-12);
        (interval.Low, interval.High).ShouldBe((0, 1)); // three units: drawn thrice the same
        Bootstrap.MeanOfUnits([(1.0, 1), (0, 1), (1, 1)], seed: 2).ShouldBe(Bootstrap.Mean([1.0, 0, 1], seed: 2));
    }
}
