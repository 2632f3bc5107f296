using Alignment.Training.Statistics;

namespace Alignment.Training.Tests.Statistics;

public class PairRankingTests
{
    [Fact]
    public void Of_TiesAndFlippedLabels_CountsDecidedPairsBySide()
    {
        // right; wrong; a tie that does not count; label 0 says rejected is better and the reward agrees; an equal pair is wrong
        var ranking = PairRanking.Of([1, 1, 0.5, 0, 1], [2, -1, 9, -3, 0]);

        ranking.Correct.ShouldBe([1, 0, 1, 0]);
    }

    [Fact]
    public void Of_TwoEqualConfidences_HandValue()
    {
        // σ(ln 3) = 0.75 for both; one of two came true: |0.5 − 0.75| = 0.25
        PairRanking.Of([1, 1], [Math.Log(3), -Math.Log(3)]).CalibrationError!.Value.ShouldBe(0.25, 1e-12);
    }

    [Fact]
    public void Of_OnlyTies_HasNoError() => PairRanking.Of([0.5], [1]).CalibrationError.ShouldBeNull();

    [Fact]
    public void Of_OtherLengths_IsRefused() => Should.Throw<ArgumentException>(() => PairRanking.Of([1], [1, 2]));
}
