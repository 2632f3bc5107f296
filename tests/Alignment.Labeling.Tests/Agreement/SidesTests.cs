using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Agreement;

public class SidesTests
{
    // l and r choose the left or right answer, t is a tie.
    private static Sides Of(string choices) => Sides.Of(choices.Select((side, i) => Made.Vote("t", "a", side == 't' ? Verdict.Tie : Verdict.Of(side == 'l' ? 1 : 0), $"{i}") with { Shown = [1, 0] }), places: 2);

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("lrlr", 4, 1)]
    [InlineData("llrrrl", 6, 3)]
    [InlineData("lltll", 4, 4)]
    public void Of_FindsTheLongestRun(string choices, int count, int longest) => (Of(choices).Choices, Of(choices).LongestRun).ShouldBe((count, longest));

    [Fact]
    public void Entropy_IsOneForBothSidesAlike_ZeroForOne()
    {
        Of("lrlrrl").Entropy!.Value.ShouldBe(1, 1e-12);
        Of("llll").Entropy.ShouldBe(0);
        Of("lllr").Entropy!.Value.ShouldBe(0.8112781, 1e-6); // H(1/4) in bits
        Of("lllr").MostUsed.ShouldBe(0.75);
        Of("t").Entropy.ShouldBeNull();
    }

    [Fact]
    public void StraightLining_ComparesTheRunWithChance()
    {
        // n·2^(1−r) < 0.01: of 100 choices from 15 in a row on (100/2^14 = 0.006), not 14 (0.012).
        new Sides(100, 14, 0.5, 1).IsStraightLined(2).ShouldBeFalse();
        new Sides(100, 15, 0.5, 1).IsStraightLined(2).ShouldBeTrue();
        new Sides(0, 0, null, null).IsStraightLined(2).ShouldBeFalse();
    }
}
