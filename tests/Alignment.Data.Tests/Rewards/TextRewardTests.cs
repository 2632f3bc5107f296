using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class TextRewardTests
{
    private static readonly RewardSpec[] Specs =
    [
        new() { Kind = RewardKind.ContainsAnswer, Name = "correct", Weight = 1 },
        new() { Kind = RewardKind.Phrase, Name = "polite", Weight = 0.5, Phrases = ["thank you"] },
        new() { Kind = RewardKind.Phrase, Name = "rude", Weight = -0.25, Phrases = ["go away"] },
        new() { Kind = RewardKind.MaxWords, Name = "short", Weight = 0.5, Limit = 4 },
    ];

    [Theory]
    [InlineData("Rome, thank you.", 2)]              // 1 + 0.5 + 0 + 0.5
    [InlineData("Oslo, go away.", 0.25)]             // 0 + 0 − 0.25 + 0.5
    [InlineData("Well now, it is Rome I think.", 1)] // 1 + 0 + 0 + 0
    [InlineData("", 0.5)]                            // empty is short
    public void Create_WeightedSum_AddsWeightedTerms(string response, double expected) =>
        TextReward.Create(Specs).Score("Where?", response, new JsonObject { ["answer"] = "Rome" }).ShouldBe(expected);

    [Fact]
    public void TermScores_AreUnweightedAndInOrder()
    {
        WeightedSumReward reward = TextReward.Create(Specs);
        reward.Terms.Select(term => term.Reward.Name).ShouldBe(["correct", "polite", "rude", "short"]);
        reward.TermScores("", "Rome, go away.", new JsonObject { ["answer"] = "Rome" }).ShouldBe([1, 0, 1, 1]);
    }

    [Fact]
    public void Create_EveryProblem_IsReportedAtOnce()
    {
        string message = Should.Throw<ArgumentException>(() => TextReward.Create(
        [
            new() { Kind = RewardKind.MaxWords },
            new() { Kind = RewardKind.MaxWords, Limit = 1 },
            new() { Kind = RewardKind.Phrase },
        ])).Message;
        message.ShouldContain("limit of the max_words reward");
        message.ShouldContain("phrases of the phrase reward");
        message.ShouldContain("2 rewards are called 'max_words'");
    }

    [Fact]
    public void Create_NoSpecs_IsRefused() =>
        Should.Throw<ArgumentException>(() => TextReward.Create([])).Message.ShouldContain("give at least one reward");

    [Fact]
    public void Score_TermLacksItsColumn_NamesTheRow() =>
        Should.Throw<DataFormatException>(() => TextReward.Create(Specs).Score("", "Rome", [], "prompts.jsonl:2"))
            .Message.ShouldStartWith("prompts.jsonl:2: column 'answer' is missing (columns: none)");
}
