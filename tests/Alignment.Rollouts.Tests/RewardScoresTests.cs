using Alignment.Rollouts.Rewards;

namespace Alignment.Rollouts.Tests;

public sealed class RewardScoresTests
{
    [Fact]
    public void Sum_WeighsTheTermsAndLeavesOutWhatCouldNotBeScored()
    {
        var scores = new RewardScores([new("a", 2, [1, double.NaN, double.NaN]), new("b", -0.5, [4, 3, double.NaN])]);

        scores.Sum(0).ShouldBe(0); // 2·1 − 0.5·4
        scores.Sum(1).ShouldBe(-1.5); // −0.5·3
        scores.Sum(2).ShouldBe(double.NaN);
    }
}
