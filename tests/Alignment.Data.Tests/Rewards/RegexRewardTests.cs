using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class RegexRewardTests
{
    [Theory]
    [InlineData("It is 12.", 1)]
    [InlineData("It is twelve.", 0)]
    public void Score_MatchesAnywhere(string response, double expected) =>
        new RegexReward("number", @"\d+").Score("", response, []).ShouldBe(expected);

    [Fact]
    public void Score_CatastrophicPattern_StopsAndNamesRowAndPattern() =>
        Should.Throw<DataFormatException>(() => new RegexReward("slow", "^(a+)+$").Score("", new string('a', 40) + "!", [], "p.jsonl:1"))
            .Message.ShouldStartWith("p.jsonl:1: the pattern '^(a+)+$' of the reward 'slow' took over 1 s on a response of 41 characters");
}
