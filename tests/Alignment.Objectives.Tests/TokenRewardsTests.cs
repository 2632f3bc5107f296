using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class TokenRewardsTests
{
    private static double[] Rewards(ScorePlacement placement) => TokenRewards.Compute(
        full(3, 4, 1.0, dtype: ScalarType.Float64), tensor(new[] { 10.0, 20, 30 }), [1, 2, 4], 0.5, placement).data<double>().ToArray();

    [Fact]
    public void Compute_OneTokenAndFullLength_ScoreOnTheLastToken() => Rewards(ScorePlacement.LastToken).ShouldBe(
    [
        9.5, 0, 0, 0,         // one token: its KL penalty and the score
        -0.5, 19.5, 0, 0,
        -0.5, -0.5, -0.5, 29.5, // full length
    ]);

    [Fact]
    public void Compute_AfterLastToken_MovesOneOnUnlessTheRowIsFull() => Rewards(ScorePlacement.AfterLastToken).ShouldBe(
    [
        -0.5, 10, 0, 0,
        -0.5, -0.5, 20, 0,
        -0.5, -0.5, -0.5, 29.5,
    ]);

    [Fact]
    public void Compute_WiderBatch_LeavesLastTokenPlacementAlone()
    {
        using var narrow = TokenRewards.Compute(ones(1, 2), ones(1), [2], 0.1);
        using var wide = TokenRewards.Compute(ones(1, 5), ones(1), [2], 0.1);
        wide.narrow(1, 0, 2).Equals(narrow).ShouldBeTrue();
        wide.narrow(1, 2, 3).abs().sum().ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Compute_EmptyResponse_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => TokenRewards.Compute(ones(1, 2), ones(1), [0], 0.1));
}
