using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public sealed class PaddedBatchTests
{
    private const int Pad = 9;

    [Fact]
    public void Of_Sequences_MatrixByHand()
    {
        var batch = PaddedBatch.Of([new("a", [5, 6, 3], [false, true, true]), new("b", [7, 3], [false, true])], Pad);

        batch.Ids.ShouldBe([5, 6, 3, 7, 3, 9]);
        batch.Supervised.ShouldBe([false, true, true, false, true, false]);
        (batch.Rows, batch.Length, batch.TokenCount, batch.SupervisedCount).ShouldBe((2, 3, 5, 3));
        batch.Lengths.ShouldBe([3, 2]);
        batch.RowIds.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Of_PadIsEos_RealEosStaysSupervised()
    {
        var batch = PaddedBatch.Of([new("a", [5, 3], [false, true]), new("b", [5, 6, 7], [false, false, true])], padId: 3);

        batch.Ids.ShouldBe([5, 3, 3, 5, 6, 7]);
        batch.Supervised.ShouldBe([false, true, false, false, false, true]);
        batch.Lengths.ShouldBe([2, 3]);
    }

    [Fact]
    public void OfPairs_ChosenRowsThenRejected_ResponsesSupervised()
    {
        var batch = PaddedBatch.OfPairs([new("a", [5, 6], [7, 3], [3], 0, 1), new("b", [4], [8, 8, 3], [7, 3], 0, 1)], Pad);

        batch.Ids.ShouldBe(
        [
            5, 6, 7, 3,
            4, 8, 8, 3,
            5, 6, 3, Pad,
            4, 7, 3, Pad,
        ]);
        string.Concat(batch.Supervised.Select(s => s ? 1 : 0)).ShouldBe("0011" + "0111" + "0010" + "0110");
        batch.Lengths.ShouldBe([4, 4, 3, 3]);
        batch.RowIds.ShouldBe(["a", "b", "a", "b"]);
    }

    [Fact]
    public void Targets_Batch_TokensAndThePlacesBeforeThem()
    {
        var targets = PaddedBatch.Of([new("a", [5, 6, 3], [false, true, true]), new("b", [7, 3], [false, true])], Pad).Targets();

        // places in [2, 3]: 6 at 1, 3 at 2, 3 at 4
        targets.HiddenRows.ShouldBe([0, 1, 3]);
        targets.Ids.ShouldBe([6, 3, 3]);
        targets.BatchRows.ShouldBe([0, 0, 1]);
    }
}
