using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class RewardSpecTests
{
    [Fact]
    public void Problems_UsableSpecs_None()
    {
        RewardSpec[] specs =
        [
            new() { Kind = RewardKind.ContainsAnswer, Column = "answer", CandidatesColumn = "candidates" },
            new() { Kind = RewardKind.ExactMatch },
            new() { Kind = RewardKind.Phrase, Phrases = ["thanks"], Weight = -1 },
            new() { Kind = RewardKind.MaxWords, Limit = 0, Decay = 3 },
            new() { Kind = RewardKind.MinWords, Limit = 1 },
            new() { Kind = RewardKind.Regex, Pattern = "a|b" },
        ];
        specs.SelectMany(spec => spec.Problems()).ShouldBeEmpty();
    }

    [Fact]
    public void Problems_SettingsOfOtherKinds_EachIsNamed()
    {
        var spec = new RewardSpec { Kind = RewardKind.ExactMatch, CandidatesColumn = "c", Phrases = ["x"], Pattern = "x", Limit = 1, Decay = 1, Weight = double.NaN };
        string[] options = [.. spec.Problems().Select(problem => problem.Split(' ')[0])];
        options.ShouldBe(["weight", "candidates_column", "phrases", "pattern", "limit", "decay"]);
    }

    [Theory]
    [InlineData(RewardKind.Phrase, "phrases of the phrase reward 'phrase' is empty; list at least one phrase")]
    [InlineData(RewardKind.MaxWords, "limit of the max_words reward 'max_words' is missing; give a number of words from 0 up")]
    [InlineData(RewardKind.MinWords, "limit of the min_words reward 'min_words' is missing; give a number of words from 1 up")]
    [InlineData(RewardKind.Regex, "pattern of the regex reward 'regex' is missing; give a regular expression")]
    public void Problems_NeededSettingMissing_IsNamed(RewardKind kind, string expected) =>
        new RewardSpec { Kind = kind }.Problems().ShouldBe([expected]);

    [Fact]
    public void Problems_BadValues_AreNamed()
    {
        new RewardSpec { Kind = RewardKind.MaxWords, Limit = -1, Decay = -2 }.Problems().Count().ShouldBe(2);
        new RewardSpec { Kind = RewardKind.Phrase, Phrases = ["a", " "] }.Problems().Single().ShouldContain("empty phrase");
        new RewardSpec { Kind = RewardKind.Regex, Pattern = "(" }.Problems().Single().ShouldContain("does not parse");
        new RewardSpec { Kind = RewardKind.ExactMatch, Name = "" }.Problems().Single().ShouldStartWith("name is empty");
    }
}
