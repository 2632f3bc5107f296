using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class LengthRewardTests
{
    [Theory]
    [InlineData("one two", 1)]
    [InlineData("one two - three four", 1)] // a lone dash is no word
    [InlineData("one", 0.75)]
    [InlineData("1 2 3 4 5 6 7", 0.25)]
    [InlineData("1 2 3 4 5 6 7 8 9", 0)]
    public void Score_BoundsWithDecay(string response, double expected) => new LengthReward("l", LengthUnit.Words, 2, 4, 4).Score("", response, []).ShouldBe(expected, 1e-12);

    [Fact]
    public void Score_Characters_AreThoseThatReadersSee() => new LengthReward("l", LengthUnit.Characters, 3, 3).Score("", "e\u0301👍🏽z", []).ShouldBe(1);

    [Fact]
    public void Score_Tokens_AreTheTokenizers() => new LengthReward("l", LengthUnit.Tokens, null, 3, 0, text => text.Length / 2).Score("", "abcdefgh", []).ShouldBe(0);

    [Fact]
    public void Create_TokensWithoutTokenizer_IsRefused() =>
        Should.Throw<ArgumentException>(() => TextReward.Create([new() { Kind = RewardKind.Length, Unit = LengthUnit.Tokens, Max = 3 }])).Message.ShouldContain("there is no tokenizer here");
}
