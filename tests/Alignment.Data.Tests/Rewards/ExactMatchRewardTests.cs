using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class ExactMatchRewardTests
{
    [Theory]
    [InlineData(" yes\n", 1)]
    [InlineData("YES", 1)]
    [InlineData("Yes.", 0)]
    [InlineData("yes yes", 0)]
    [InlineData("", 0)]
    public void Score_IgnoresCaseAndOuterSpaceOnly(string response, double expected) =>
        new ExactMatchReward("exact", "answer").Score("", response, new JsonObject { ["answer"] = "Yes" }).ShouldBe(expected);

    [Fact]
    public void Score_ListOfAnswers_AnyOfThemIsRight() =>
        new ExactMatchReward("exact", "answer").Score("", "b", new JsonObject { ["answer"] = new JsonArray("A", "B") }).ShouldBe(1);
}
