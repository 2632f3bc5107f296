using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public sealed class BatchPlanTests
{
    [Fact]
    public void Rows_TwoEpochs_PermutationsCutIntoBatches()
    {
        var plan = new BatchPlan(count: 10, batchSize: 4, seed: 1);

        plan.StepsPerEpoch.ShouldBe(3);
        Enumerable.Range(0, 6).Select(s => plan.Rows(s)).ShouldBe([[1, 9, 0, 7], [4, 2, 5, 3], [8, 6], [2, 9, 4, 6], [0, 3, 1, 7], [5, 8]]);
        plan.Epoch(2).ShouldBe(0);
        plan.Epoch(3).ShouldBe(1);
    }

    [Fact]
    public void Rows_DropLast_LeavesTheSmallBatchOut()
    {
        var plan = new BatchPlan(count: 10, batchSize: 4, seed: 1, dropLast: true);

        plan.StepsPerEpoch.ShouldBe(2);
        plan.Rows(2).ShouldBe([2, 9, 4, 6]);
    }

    [Fact]
    public void Rows_NoShuffle_OwnOrder() => new BatchPlan(5, 2, seed: 1, shuffle: false).Rows(1).ShouldBe([2, 3]);

    [Fact]
    public void Rows_AnyStepFirst_SameAsInOrder()
    {
        var lengths = Enumerable.Range(0, 1001).Select(i => i * 37 % 101).ToArray();
        var inOrder = new BatchPlan(1001, 4, seed: 5, lengths: lengths);
        var expected = Enumerable.Range(0, 600).Select(s => inOrder.Rows(s)).ToList();

        foreach (var step in new[] { 599, 0, 251, 250, 300 })
        {
            new BatchPlan(1001, 4, seed: 5, lengths: lengths).Rows(step).ShouldBe(expected[step]);
        }
    }

    [Fact]
    public void Rows_Lengths_EveryRowOnceAndLessPadding()
    {
        var random = new Random(9);
        var lengths = Enumerable.Range(0, 1001).Select(_ => random.Next(1, 500)).ToArray();
        var grouped = new BatchPlan(1001, 4, seed: 5, lengths: lengths);
        var plain = new BatchPlan(1001, 4, seed: 5);

        Epoch(grouped).SelectMany(b => b).Order().ShouldBe(Enumerable.Range(0, 1001));
        grouped.Rows(grouped.StepsPerEpoch - 1).Length.ShouldBe(1);
        Padding(grouped).ShouldBeLessThan(Padding(plain) / 10);
        // batches do not come sorted: some later one is longer than an earlier one
        var longest = Epoch(grouped).Select(b => b.Max(i => lengths[i])).ToList();
        longest.Zip(longest.Skip(1)).Count(p => p.First < p.Second).ShouldBeGreaterThan(80);

        IEnumerable<int[]> Epoch(BatchPlan plan) => Enumerable.Range(0, plan.StepsPerEpoch).Select(s => plan.Rows(s));
        int Padding(BatchPlan plan) => Epoch(plan).Sum(b => b.Sum(i => b.Max(j => lengths[j]) - lengths[i]));
    }

    [Fact]
    public void Constructor_ImpossiblePlan_Refused()
    {
        Should.Throw<ArgumentException>(() => new BatchPlan(3, 4, seed: 1, dropLast: true)).Message.ShouldStartWith("3 rows make no whole batch of 4");
        Should.Throw<ArgumentException>(() => new BatchPlan(3, 2, seed: 1, lengths: [1, 2])).Message.ShouldStartWith("Grouping by length needs shuffling and one length a row: 2 lengths, 3 rows");
        Should.Throw<ArgumentOutOfRangeException>(() => new BatchPlan(0, 2, seed: 1));
    }
}
