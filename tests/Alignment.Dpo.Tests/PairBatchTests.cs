using static TorchSharp.torch;

namespace Alignment.Dpo.Tests;

public sealed class PairBatchTests
{
    [Fact]
    public void Of_Pairs_TargetsAreTheResponseTokensChosenFirst()
    {
        using var scope = NewDisposeScope();
        var batch = PairBatch.Of(TinyPairs.Pairs[..2], TinyPairs.PadId, CPU);

        batch.Targets.Ids.shape.ShouldBe([4, 9]); // 2 pairs; the longest sequence is 4 + 5
        batch.Targets.TargetIds.data<long>().ToArray().ShouldBe([7, 8, 3, 14, 3, 9, 3, 15, 16, 17, 18, 3]);
        batch.Sequences.data<long>().ToArray().ShouldBe([0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3]);
        (batch.ChosenTokens, batch.RejectedTokens).ShouldBe((5, 7));
        batch.TokenCount.ShouldBe(5 + 6 + 4 + 9);
    }

    [Fact]
    public void Sum_TokenLogProbs_AreAddedPerResponse()
    {
        using var scope = NewDisposeScope();
        var batch = PairBatch.Of(TinyPairs.Pairs[..2], TinyPairs.PadId, CPU);
        var sums = batch.Sum(arange(1, 13, ScalarType.Float32)); // 1 … 12, one per target

        sums.Chosen.data<double>().ToArray().ShouldBe([1 + 2 + 3, 4 + 5]);
        sums.Rejected.data<double>().ToArray().ShouldBe([6 + 7, 8 + 9 + 10 + 11 + 12]);
    }

    [Fact]
    public void Labels_CertainPairs_AreNotGiven()
    {
        using var scope = NewDisposeScope();
        PairBatch.Of(TinyPairs.Pairs[..2], TinyPairs.PadId, CPU).Labels().ShouldBeNull();
        PairBatch.Of(TinyPairs.Pairs[1..], TinyPairs.PadId, CPU).Labels()!.data<double>().ToArray().ShouldBe([1, 0.5, 0.8]);
    }
}
