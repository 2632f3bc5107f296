using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public sealed class DataOrderGroupedTests
{
    private const int BatchSize = 4;
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 1001).Select(i => 1 + (i * 7919 % 500))];

    [Fact]
    public void Grouped_EveryRowOnceAndATenthOfThePadding()
    {
        var grouped = DataOrder.Grouped(Lengths, BatchSize, seed: 5, epoch: 0);

        grouped.Order().ShouldBe(Enumerable.Range(0, Lengths.Length));
        Padding(grouped).ShouldBeLessThan(Padding(DataOrder.Permutation(Lengths.Length, 5, 0)) / 10);
    }

    [Fact]
    public void Grouped_BatchesDoNotComeSortedByLength()
    {
        var longest = DataOrder.Grouped(Lengths, BatchSize, seed: 5, epoch: 0).Chunk(BatchSize).Select(b => b.Max(i => Lengths[i])).ToList();
        longest.Zip(longest.Skip(1)).Count(pair => pair.First < pair.Second).ShouldBeGreaterThan(80); // of 250
    }

    [Fact]
    public void Grouped_IsAFunctionOfSeedAndEpoch()
    {
        var order = DataOrder.Grouped(Lengths, BatchSize, seed: 5, epoch: 1);
        DataOrder.Grouped(Lengths, BatchSize, seed: 5, epoch: 1).ShouldBe(order);
        DataOrder.Grouped(Lengths, BatchSize, seed: 5, epoch: 2).ShouldNotBe(order);
        DataOrder.Grouped(Lengths, BatchSize, seed: 6, epoch: 1).ShouldNotBe(order);
    }

    private static int Padding(IEnumerable<int> order) => order.Chunk(BatchSize).Sum(b => b.Sum(i => b.Max(j => Lengths[j]) - Lengths[i]));
}
