using Alignment.Core.Checkpoints;
using Alignment.Data.Rows;

namespace Alignment.RewardModel.Tests;

public sealed class GroupScoresTests
{
    private static readonly RewardLoss Pairwise = new(RewardLossKind.BradleyTerry, 0);

    [Fact]
    public void Ranking_TiesAndLabelsBelowHalf_CountsDecidedPairsByTheBetterSide()
    {
        var scores = new GroupScores([Pair(1), Pair(0.2), Pair(0.5), Pair(1), Pair(0.9)], [2, 1, 1, 2, 9, 0, 0, 0, 3, 4]);

        scores.Ranking.Correct.ShouldBe([1.0, 1, 0, 0]); // right; rejected is better and higher; tie left out; equal is wrong; wrong
        scores.Ties.ShouldBe(1);
        scores.Margin.ShouldBe((1 - 1 + 9 + 0 - 1) / 5.0);
        scores.CorrectByPrompt.ShouldBe([(1.0, 1), (1, 1), (0, 1), (0, 1)]);
    }

    [Fact]
    public void Metrics_OnlyTies_HaveNoAccuracyAndNoCalibration()
    {
        var metrics = new GroupScores([Pair(0.5)], [1, 0]).Metrics(Pairwise).ToDictionary();

        metrics.Keys.ShouldBe(["loss", "margin", "min_reward", "mean_reward", "max_reward"]);
        metrics["loss"].ShouldBe((Math.Log(1 + Math.E) + Math.Log(1 + Math.Exp(-1))) / 2, 1e-12);
    }

    [Fact]
    public void Metrics_HeldOutPairs_AreOfAllResponses()
    {
        var metrics = new GroupScores([Pair(1), Pair(1)], [3, 1, -1, 0]).Metrics(Pairwise).ToDictionary();

        metrics["accuracy"].ShouldBe(0.5);
        metrics["margin"].ShouldBe(0.5);
        (metrics["min_reward"], metrics["mean_reward"], metrics["max_reward"]).ShouldBe((-1, 0.75, 3));
        metrics["loss"].ShouldBe((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.E)) / 2, 1e-12);
        metrics.Keys.ShouldContain("ece");
    }

    [Fact]
    public void Lists_AreComparedPairByPairWithTiesAndUnrankedLeftOut()
    {
        // Ranks 0, 1, 1, none: pairs (0, 1) right, (0, 2) wrong. The second prompt's best response has the highest reward, the first's has not.
        var scores = new GroupScores([List([0, 1, 1, -1]), List([1, 0, 2])], [3, 2, 4, 9, 0, 5, -1]);

        scores.PairCount.ShouldBe(2 + 3);
        scores.CorrectByPrompt.ShouldBe([(1.0, 2), (3, 3)]);
        scores.BestFound.ShouldBe([0.0, 1]);
        scores.Owners.ShouldBe([0, 0, 1, 1, 1]);
    }

    [Fact]
    public void Fit_IsInTheRatingsUnit()
    {
        // Predictions 5 + 2·(−1, 0, 2) = 3, 5, 9 for ratings 3, 4 and 7: errors 0, 1, 2.
        var group = List([-1, -1, -1, -1]) with { Ratings = [3, 4, double.NaN, 7] };

        var fit = new GroupScores([group], [-1, 0, 44, 2]).Fit(new RatingScale(5, 2));

        fit.Rmse.ShouldBe(Math.Sqrt(5.0 / 3), 1e-12);
        fit.Correlation!.Value.ShouldBe(0.9959, 1e-4); // numpy.corrcoef([3, 4, 7], [3, 5, 9])
    }

    [Fact]
    public void Disagreement_IgnoresWhereAHeadsZeroLies()
    {
        // Heads differ by a constant 100 and by ±1 on the second and third response: deviations 0, 1 and 1.
        var scores = new GroupScores([List([0, 1, 2])], [0, 0, 0]) { Heads = [[5, 105], [5 - 1, 105 + 1], [5 + 1, 105 - 1]] };

        scores.Disagreement!.Value.ShouldBe(2 / 3.0, 1e-12);
    }

    internal static ResponseGroup List(int[] ranks) => ResponseGroup.Of(new RankedExample("a:1", [4], [.. ranks.Select(rank => new[] { 5 + rank })], [.. ranks.Select(_ => double.NaN)], ranks));

    internal static ResponseGroup Pair(double label, double margin = 0) => ResponseGroup.Of(new PreferenceExample("pairs.jsonl:1", [4], [5], [6], margin, label));
}
