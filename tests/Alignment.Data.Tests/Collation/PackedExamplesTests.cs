using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Collation;

public sealed class PackedExamplesTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 2000).Select(i => 1 + (i * 7919 % 311))];

    [Fact]
    public void Bins_ByHand_TheFullestBinThatHasRoom()
    {
        // 7 | 7 6? no: 10 - 7 = 3. So 7; 6; 4 goes to 6 (room 4, not 3); 3 to 7; 2 and 1 open a third: 2 1.
        var bins = PackedExamples.Bins([2, 7, 4, 6, 3, 1], 10, seed: 1);

        bins.Select(bin => string.Join(' ', bin)).ShouldBe(["1 4", "3 2", "0 5"]);
    }

    [Fact]
    public void Bins_EverySequenceOnce_NoneTooFull_FewMoreThanTheLeastPossible()
    {
        var bins = PackedExamples.Bins(Lengths, 512, seed: 3);

        bins.SelectMany(bin => bin).Order().ShouldBe(Enumerable.Range(0, Lengths.Length));
        bins.ShouldAllBe(bin => bin.Sum(row => Lengths[row]) <= 512);
        bins.Count.ShouldBeLessThanOrEqualTo((int)Math.Ceiling(Lengths.Sum() / 512.0) + 2);
    }

    [Fact]
    public void Bins_AnotherSeed_OtherRowsTogetherInAsManyBins()
    {
        var (a, b) = (PackedExamples.Bins(Lengths, 512, seed: 3), PackedExamples.Bins(Lengths, 512, seed: 4));

        a.Count.ShouldBe(b.Count);
        a.SelectMany(bin => bin).ShouldNotBe(b.SelectMany(bin => bin));
        PackedExamples.Bins(Lengths, 512, seed: 3).SelectMany(bin => bin).ShouldBe(a.SelectMany(bin => bin));
    }

    [Fact]
    public void Bins_LongerThanABin_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => PackedExamples.Bins([11], 10, seed: 0));

    [Fact]
    public void BestFit_KeepsIdsMasksAndWhereEachBegins()
    {
        var packed = PackedExamples.BestFit(
        [
            new("f:1", [1, 2], [false, true]),
            new("f:2", [3, 4, 5], [false, false, true]),
            new("f:3", [6, 7, 8, 9, 10], [false, true, true, true, true]),
        ], 5, seed: 0);

        packed.Count.ShouldBe(2);
        (packed[0].RowId, packed[0].Starts).ShouldBe(("f:3", null));
        packed[1].RowId.ShouldBe("f:2, f:1");
        packed[1].Ids.ShouldBe([3, 4, 5, 1, 2]);
        packed[1].Supervised.ShouldBe([false, false, true, false, true]);
        packed[1].Starts.ShouldBe([0, 3]);
    }

    [Fact]
    public void PaddedBatch_OfPackedRows_SaysWhereEachSequenceAndThePaddingBegins()
    {
        var batch = PaddedBatch.Of([new TokenExample("a", [1, 2, 3, 4, 5], new bool[5]) { Starts = [0, 2] }, new TokenExample("b", [6, 7], new bool[2])], padId: 0);

        batch.Starts.ShouldBe([0, 2, 5, 7]);
        PaddedBatch.Of([new TokenExample("b", [6, 7], new bool[2])], padId: 0).Starts.ShouldBeNull();
    }
}
