using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

public class WilsonTests
{
    [Theory] // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (score, without continuity correction)
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Of_PrintsTheValuesOfNewcombesTable(int successes, int trials, double low, double high)
    {
        var interval = Wilson.Of(successes, trials)!.Value;
        interval.Low.ShouldBe(low, 0.00005);
        interval.High.ShouldBe(high, 0.00005);
        interval.Mean.ShouldBe(successes / (double)trials, 1e-12);
    }

    [Fact]
    public void Of_NoTrials_IsNothing() => Wilson.Of(0, 0).ShouldBeNull();
}
