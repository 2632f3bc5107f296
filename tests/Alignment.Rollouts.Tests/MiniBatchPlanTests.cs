namespace Alignment.Rollouts.Tests;

public sealed class MiniBatchPlanTests
{
    private static readonly int[] Lengths = [3, 9, 4, 8, 5, 7, 6, 1];

    [Fact]
    public void Of_OneEpoch_TakesEveryRowOnceInSortedMicroBatches()
    {
        var plan = new MiniBatchPlan(miniBatches: 2, microRows: 3, seed: 7).Of(Lengths, step: 1, epoch: 0);

        plan.Length.ShouldBe(2);
        plan.ShouldAllBe(mini => mini.Length == 2 && mini[0].Length == 3 && mini[1].Length == 1);
        plan.SelectMany(mini => mini.SelectMany(micro => micro)).Order().ShouldBe(Enumerable.Range(0, 8));
        foreach (var mini in plan)
        {
            var lengths = mini.SelectMany(micro => micro).Select(row => Lengths[row]).ToArray();
            lengths.ShouldBe(lengths.OrderDescending());
        }
    }

    [Fact]
    public void Of_OtherStepEpochOrSeed_IsAnotherOrder()
    {
        int[] Rows(long seed, long step, int epoch) => [.. new MiniBatchPlan(2, 8, seed).Of(Lengths, step, epoch).SelectMany(mini => mini[0])];

        Rows(7, 1, 0).ShouldBe(Rows(7, 1, 0));
        Rows(7, 1, 1).ShouldNotBe(Rows(7, 1, 0));
        Rows(7, 2, 0).ShouldNotBe(Rows(7, 1, 0));
        Rows(8, 1, 0).ShouldNotBe(Rows(7, 1, 0));
    }
}
