namespace Alignment.Ppo.Tests;

public class RunningScoresTests
{
    [Theory]
    [InlineData("Scale", 1.0, 3.0)]
    [InlineData("Normalize", -1.0, 1.0)] // less the mean 2
    public void Next_TwoScores_AreMeasuredByTheirDeviation(string scaling, double first, double second)
    {
        // 1 and 3: mean 2, unbiased variance ((1 - 2)² + (3 - 2)²) / 1 = 2.
        var scaled = new RunningScores(Enum.Parse<ScoreScaling>(scaling)).Next([1, 3]);
        scaled(1).ShouldBe((float)(first / Math.Sqrt(2)), 1e-6f);
        scaled(3).ShouldBe((float)(second / Math.Sqrt(2)), 1e-6f);
    }

    [Fact]
    public void Next_SecondBatch_RemembersTheFirst()
    {
        // 1, 3 and 5: mean 3, unbiased variance 8 / 2 = 4.
        var scores = new RunningScores(ScoreScaling.Normalize);
        scores.Next([1, 3]);
        scores.Next([5])(5).ShouldBe(1, 1e-6f);
    }
}
