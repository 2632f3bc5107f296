using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

public sealed class PackedSequencesTests : IDisposable
{
    private static readonly long[] Prompt = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Of_LeavesOutWhatNoTargetNeeds()
    {
        // Rows of 4; of the first the state at place 1 is wanted, of the second none, of the third that at place 3.
        var packed = PackedSequences.Of([10, 11, 0, 0, 20, 21, 22, 23, 30, 31, 32, 33], 4, [1, 8 + 3], share: true);

        Numbers(packed.Ids).ShouldBe([10, 11, 30, 31, 32, 33]);
        Numbers(packed.Positions).ShouldBe([0, 1, 0, 1, 2, 3]);
        packed.Groups.Encoded.ShouldBe([2, 0, 2, 0, 2, 4, 0]); // two groups of one sequence each
        packed.At(1).ShouldBe(1);
        packed.At(11).ShouldBe(5);
    }

    [Fact]
    public void Of_RowsThatBeginAlike_HaveTheirBeginningOnce()
    {
        long[] first = [.. Prompt, 50, 51], second = [50, .. Prompt, 52], third = [.. Prompt, 40, 41];
        var packed = PackedSequences.Of([.. first, .. second, .. third], 11, [8, 10, 11 + 10, 22 + 9], share: true);

        Numbers(packed.Ids).ShouldBe([.. Prompt, 40, 50, 51, .. second]); // 40 sorts before 50; the third's last token is not needed
        Numbers(packed.Positions).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        packed.Groups.Encoded.ShouldBe([2, 0, 9, 2, 1, 2, 12, 11, 0]);
        packed.At(8).ShouldBe(8); // the last of the prompt
        packed.At(10).ShouldBe(11);
        packed.At(22 + 9).ShouldBe(9);
        packed.At(22 + 3).ShouldBe(3);
    }

    [Fact]
    public void Of_WithDropout_SharesNothing() =>
        PackedSequences.Of([.. Prompt, .. Prompt], 9, [8, 17], share: false).Groups.Encoded.ShouldBe([2, 0, 9, 0, 9, 9, 0]);

    [Fact]
    public void Of_TheSameRowTwice_IsThereOnce() =>
        PackedSequences.Of([.. Prompt, .. Prompt], 9, [8, 17], share: true).Groups.Encoded.ShouldBe([1, 0, 9, 2, 0, 0]);

    [Fact]
    public void Of_ARowThatSharesLittle_DoesNotShortenAGroup()
    {
        // Two rows share 9 tokens; with the third, which shares 8 of them... more are saved (16 > 9), with one that shares none, not.
        long[] a = [.. Prompt, 50], b = [.. Prompt, 51], c = [.. Prompt[..8], 60, 61], d = [7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
        PackedSequences.Of([.. a, .. b, .. c, .. d], 10, [9, 19, 29, 39], share: true).Groups.Encoded.ShouldBe([2, 0, 8, 3, 2, 2, 2, 14, 10, 0]);
    }

    [Fact]
    public void Select_GivesStatesInTheOrderOfTheirPlaces()
    {
        var hidden = arange(5).unsqueeze(1); // [5, 1]
        var whole = PackedSequences.Of([10, 11, 12, 20, 21, 22], 3, [0, 1, 2, 3, 4], share: true);

        whole.Select(hidden, [0, 1, 2, 3, 4]).ShouldBeSameAs(hidden);
        Numbers(whole.Select(hidden, [4, 0, 3])).ShouldBe([4, 0, 3]);
        Numbers(whole.Select(hidden, [1, 0, 2, 3, 4])).ShouldBe([1, 0, 2, 3, 4]);
    }

    private static long[] Numbers(Tensor tensor) => tensor.data<long>().ToArray();
}
