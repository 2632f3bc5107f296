using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public sealed class EpochOrderTests
{
    private const int RowsPerStep = 4;

    [Theory]
    [InlineData(102)] // 2 rows of each epoch's end share a step with the next one's beginning
    [InlineData(101)]
    [InlineData(3)] // less than a step
    [InlineData(100)]
    public void Of_SeveralEpochs_StepsOfOneEpochHaveRowsOfOneLength(int rows)
    {
        int[] lengths = [.. Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? 10 : 90)];
        var order = new EpochOrder(lengths, RowsPerStep, groupByLength: true, seed: 3);
        int[] all = [.. Enumerable.Range(0, 12).SelectMany(order.Of)];

        for (var epoch = 0; epoch < 12; epoch++)
        {
            all.Skip(epoch * rows).Take(rows).Order().ShouldBe(Enumerable.Range(0, rows));
        }

        var steps = all.Chunk(RowsPerStep).Where(step => step.Length == RowsPerStep).ToList();
        var inside = steps.Where((_, i) => i * RowsPerStep / rows == (((i + 1) * RowsPerStep) - 1) / rows).ToList();
        inside.Count.ShouldBeGreaterThanOrEqualTo(rows < RowsPerStep ? 0 : steps.Count - 12);

        // 26 steps are one window of 50: at most one of them has both lengths in each epoch.
        inside.Count(step => step.Select(row => lengths[row]).Distinct().Count() > 1).ShouldBeLessThanOrEqualTo(12);
    }

    [Fact]
    public void Of_RowsThatFillWholeSteps_AreInTheOrderThatTheyAlwaysWere()
    {
        int[] lengths = [.. Enumerable.Range(0, 40).Select(i => 1 + (i * 7 % 13))];
        var order = new EpochOrder(lengths, RowsPerStep, groupByLength: true, seed: 3);
        foreach (var epoch in new[] { 0, 1, 7 })
        {
            order.Of(epoch).ShouldBe(DataOrder.Grouped(lengths, RowsPerStep, 3, epoch));
        }
    }

    [Fact]
    public void Of_WithoutGroups_IsThePermutation()
    {
        var order = new EpochOrder([.. Enumerable.Repeat(5, 42)], RowsPerStep, groupByLength: false, seed: 3);
        order.Of(0).ShouldBe(DataOrder.Permutation(42, 3, 0));
        order.Of(5).ShouldBe(DataOrder.Permutation(42, 3, 5));
    }
}
