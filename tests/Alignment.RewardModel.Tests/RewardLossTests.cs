using Alignment.Core.Checkpoints;
using static Alignment.RewardModel.Tests.GroupScoresTests;
using static TorchSharp.torch;

namespace Alignment.RewardModel.Tests;

public sealed class RewardLossTests
{
    private static readonly double Ln4 = Math.Log(4); // σ(ln 4) = 0.8

    [Fact]
    public void BradleyTerry_MarginLabelAndCentring_FollowTheFormula()
    {
        ResponseGroup[] pairs = [Pair(1), Pair(1, margin: 1), Pair(0.5), Pair(0.25)];

        Losses(new(RewardLossKind.BradleyTerry, 0.1), pairs, [Ln4, 0, 1, 0, 1, 0, 0, 0]).ShouldAgree(
            -Math.Log(0.8) + (0.1 * Ln4 * Ln4),
            Math.Log(2) + 0.1,                                                           // σ(1 − 0 − 1) = ½
            (0.5 * Math.Log(1 + Math.Exp(-1))) + (0.5 * Math.Log(1 + Math.E)) + 0.1,
            Math.Log(2));
    }

    [Fact]
    public void Ranking_ListsOfDifferentLengths_AveragesThePairsOfEachPrompt()
    {
        // First prompt: ranks 1, 0, none, 1: pairs (1, 0) with difference ln 4 and (1, 3) with 0. Second: one pair with −ln 4.
        var losses = Losses(new(RewardLossKind.Ranking, 0), [List([1, 0, -1, 1]), List([0, 1])], [0, Ln4, 77, Ln4, 0, Ln4]);

        losses.ShouldAgree((-Math.Log(0.8) + Math.Log(2)) / 2, -Math.Log(0.2));
    }

    [Fact]
    public void Ranking_Centred_AddsTheMeanSquareOfThePairsSums() =>
        Losses(new(RewardLossKind.Ranking, 0.5), [List([0, 1, 2])], [1, 1, 1]).ShouldAgree(Math.Log(2) + (0.5 * 4));

    [Fact]
    public void BestOfK_ListsOfDifferentLengths_IsTheSoftmaxOverThoseThatWereCompared()
    {
        // e^{ln 4} / (e^{ln 4} + 1 + 1) = 4/6; the unranked one does not count. 1 / (1 + 1) = ½.
        var losses = Losses(new(RewardLossKind.BestOfK, 0), [List([1, 0, -1, 1]), List([0, 1])], [0, Ln4, 9, 0, 3, 3]);

        losses.ShouldAgree(-Math.Log(4 / 6.0), Math.Log(2));
    }

    [Fact]
    public void Rating_LeavesUnratedOnesOutAndCountsTheOthers()
    {
        // Ratings 3 and 7 of scale (5, 2) are −1 and 1: (0 + 1)² + (3 − 1)² = 5.
        var loss = new RewardLoss(RewardLossKind.Rating, 0, new RatingScale(5, 2));
        ResponseGroup[] groups = [List([-1, -1, -1]) with { Ratings = [3, double.NaN, 7] }, List([-1]) with { Ratings = [5] }];

        Losses(loss, groups, [0, 44, 3, 0.5]).ShouldAgree(5, 0.25);
        groups.Select(loss.Weight).ShouldBe([2.0, 1]);
    }

    [Theory]
    [InlineData(RewardLossKind.Ranking)]
    [InlineData(RewardLossKind.BestOfK)]
    [InlineData(RewardLossKind.Rating)]
    public void Gradient_IsThatOfFiniteDifferencesAndNoneForOthersResponses(RewardLossKind kind)
    {
        var loss = new RewardLoss(kind, 0, new RatingScale(1, 2));
        ResponseGroup[] groups = [List([2, 0, -1, 1]) with { Ratings = [1, 4, double.NaN, 3] }, List([1, 0]) with { Ratings = [0, 2] }];
        double[] at = [0.3, -0.2, 5, 0.9, -1.1, 0.4];
        using var scope = NewDisposeScope();
        var rewards = tensor(at, requires_grad: true);
        loss.Compute(groups, rewards).sum().backward();
        var gradient = rewards.grad!.data<double>().ToArray();

        const double Step = 1e-6;
        for (var i = 0; i < at.Length; i++)
        {
            double Moved(double by) => Losses(loss, groups, [.. at.Select((value, j) => j == i ? value + by : value)]).Sum();
            gradient[i].ShouldBe((Moved(Step) - Moved(-Step)) / (2 * Step), 1e-7);
        }

        gradient[2].ShouldBe(0);
    }

    private static double[] Losses(RewardLoss loss, IReadOnlyList<ResponseGroup> groups, double[] rewards)
    {
        using var scope = NewDisposeScope();
        return loss.Compute(groups, tensor(rewards)).data<double>().ToArray();
    }
}
