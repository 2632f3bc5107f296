using Alignment.Training.Statistics;

namespace Alignment.Training.Tests.Statistics;

public class TemperatureFitTests
{
    [Fact]
    public void Of_EqualDifferences_MakesTheProbabilityTheShare()
    {
        // Three of four right with a difference of 6 each: σ(6 / T) = ¾, T = 6 / ln 3.
        TemperatureFit.Of([1, 1, 1, 0], [6, 6, 6, 6])!.Value.ShouldBe(6 / Math.Log(3), 1e-9);

        // A soft label of ¾ says the same.
        TemperatureFit.Of([0.75], [6])!.Value.ShouldBe(6 / Math.Log(3), 1e-9);
    }

    [Fact]
    public void Of_SeveralDifferences_IsWhereTheLikelihoodIsHighest()
    {
        double[] labels = [1, 1, 0, 1, 0.5, 1], differences = [3, -1, 2, 0.5, 4, 7];
        double Loss(double t) => labels.Zip(differences, (y, d) => (y * Math.Log(1 + Math.Exp(-d / t))) + ((1 - y) * Math.Log(1 + Math.Exp(d / t)))).Sum();

        var found = TemperatureFit.Of(labels, differences)!.Value;

        var grid = Enumerable.Range(100, 40000).Select(i => i * 0.001).MinBy(Loss);
        found.ShouldBe(grid, 0.001);
    }

    [Fact]
    public void Of_NothingToFit_IsNull()
    {
        TemperatureFit.Of([1, 1], [2, 3]).ShouldBeNull(); // all right: the lower, the better
        TemperatureFit.Of([0, 0], [2, 3]).ShouldBeNull(); // all wrong: the higher, the better
        TemperatureFit.Of([], []).ShouldBeNull();
    }

    [Fact]
    public void CrossFitted_TakesTheOtherHalfsTemperature()
    {
        // Even prompts: three of four right at 6, T = 6 / ln 3; odd ones: three of four right at 3, T = 3 / ln 3.
        double[] labels = [1, 1, 1, 1, 1, 1, 0, 0], differences = [6, 3, 6, 3, 6, 3, 6, 3];

        var scaled = TemperatureFit.CrossFitted(labels, differences, [0, 1, 2, 3, 4, 5, 6, 7])!;

        scaled.Where((_, i) => i % 2 == 0).ShouldAllBe(difference => Math.Abs(difference - (6 * Math.Log(3) / 3)) < 1e-9);
        scaled.Where((_, i) => i % 2 == 1).ShouldAllBe(difference => Math.Abs(difference - (3 * Math.Log(3) / 6)) < 1e-9);
        TemperatureFit.CrossFitted([1, 1], [1, 1], [0, 1]).ShouldBeNull();
    }
}
