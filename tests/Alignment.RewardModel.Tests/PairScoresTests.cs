using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.RewardModel.Tests;

public sealed class PairScoresTests
{
    private static readonly double Ln4 = Math.Log(4); // σ(ln 4) = 0.8

    [Fact]
    public void Ranking_TiesAndLabelsBelowHalf_CountsDecidedPairsByTheBetterSide()
    {
        var scores = new PairScores([Pair(1), Pair(0.2), Pair(0.5), Pair(1), Pair(0.9)], [2, 1, 9, 0, 3], [1, 2, 0, 0, 4]);

        scores.Ranking.Correct.ShouldBe([1.0, 1, 0, 0]); // right; rejected is better and higher; tie left out; equal is wrong; wrong
        scores.Ties.ShouldBe(1);
        scores.Margin.ShouldBe((1 - 1 + 9 + 0 - 1) / 5.0);
    }

    [Fact]
    public void Metrics_OnlyTies_HaveNoAccuracyAndNoCalibration()
    {
        var metrics = new PairScores([Pair(0.5)], [1], [0]).Metrics(centerCoefficient: 0).ToDictionary();

        metrics.Keys.ShouldBe(["loss", "margin", "min_reward", "mean_reward", "max_reward"]);
        metrics["loss"].ShouldBe((Math.Log(1 + Math.E) + Math.Log(1 + Math.Exp(-1))) / 2, 1e-12);
    }

    [Fact]
    public void Losses_MarginLabelAndCentring_FollowTheFormula()
    {
        using var scope = NewDisposeScope();
        PreferenceExample[] pairs = [Pair(1), Pair(1, margin: 1), Pair(0.5), Pair(0.25)];

        var losses = PairScores.Losses(pairs, tensor([Ln4, 1, 1, 0.0]), tensor([0.0, 0, 0, 0]), 0.1).data<double>().ToArray();

        double[] expected =
        [
            -Math.Log(0.8) + (0.1 * Ln4 * Ln4),
            Math.Log(2) + 0.1,                                                           // σ(1 − 0 − 1) = ½
            (0.5 * Math.Log(1 + Math.Exp(-1))) + (0.5 * Math.Log(1 + Math.E)) + 0.1,
            Math.Log(2),
        ];
        losses.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
    }

    [Fact]
    public void Metrics_HeldOutPairs_AreOfAllResponses()
    {
        var metrics = new PairScores([Pair(1), Pair(1)], [3, -1], [1, 0]).Metrics(centerCoefficient: 0).ToDictionary();

        metrics["accuracy"].ShouldBe(0.5);
        metrics["margin"].ShouldBe(0.5);
        (metrics["min_reward"], metrics["mean_reward"], metrics["max_reward"]).ShouldBe((-1, 0.75, 3));
        metrics["loss"].ShouldBe((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.E)) / 2, 1e-12);
        metrics.Keys.ShouldContain("ece");
    }

    private static PreferenceExample Pair(double label, double margin = 0) => new("pairs.jsonl:1", [4], [5], [6], margin, label);
}
