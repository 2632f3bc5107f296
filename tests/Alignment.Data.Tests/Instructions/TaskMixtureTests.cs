using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class TaskMixtureTests
{
    [Fact]
    public void Rates_TemperatureOne_AreProportionalUpToTheMaximum() =>
        TaskMixture.Rates([10_000, 3000, 1000], 3000, 1).ShouldBe([3.0 / 7, 3.0 / 7, 1.0 / 7], 1e-12);

    [Fact]
    public void Rates_Temperature_PullsTasksTogether()
    {
        // 900^½ = 30, 100^½ = 10.
        TaskMixture.Rates([900, 100], 3000, 2).ShouldBe([0.75, 0.25], 1e-12);
        TaskMixture.Rates([900, 100], 3000, 1e9).ShouldBe([0.5, 0.5], 1e-6);
    }

    [Theory]
    [InlineData(null, new long[] { 3000, 3000, 1000, 0 })]
    [InlineData(700L, new long[] { 300, 300, 100, 0 })]
    [InlineData(14_000L, new long[] { 6000, 6000, 2000, 0 })]
    public void Counts_OfAFile_AreExact(long? rows, long[] expected) => TaskMixture.Counts([30_000, 3000, 1000, 0], 3000, 1, rows).ShouldBe(expected);
}
