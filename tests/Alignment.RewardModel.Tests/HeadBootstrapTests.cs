namespace Alignment.RewardModel.Tests;

public sealed class HeadBootstrapTests
{
    [Fact]
    public void Weight_IsPoissonOneAndAFunctionOfSeedHeadAndRow()
    {
        int[] weights = [.. Enumerable.Range(0, 20000).Select(row => HeadBootstrap.Weight(1, 0, row))];

        // e⁻¹ of the rows are left out and as many come once; mean and variance are 1. Five standard errors.
        weights.Average().ShouldBe(1, 0.036);
        weights.Average(weight => (weight - 1) * (weight - 1)).ShouldBe(1, 0.07);
        (weights.Count(weight => weight == 0) / 20000.0).ShouldBe(Math.Exp(-1), 0.018);
        weights.Take(50).ShouldBe(Enumerable.Range(0, 50).Select(row => HeadBootstrap.Weight(1, 0, row)));
        weights.Take(50).ShouldNotBe(Enumerable.Range(0, 50).Select(row => HeadBootstrap.Weight(1, 1, row)));
        weights.Take(50).ShouldNotBe(Enumerable.Range(0, 50).Select(row => HeadBootstrap.Weight(2, 0, row)));
    }
}
