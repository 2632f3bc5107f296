using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class NumericAnswerRewardTests
{
    [Theory]
    [InlineData("She sold 48 + 24 = 72 clips.\n#### 72", 1)]
    [InlineData("#### 72.00", 1)]
    [InlineData("####72 clips", 1)]
    [InlineData("#### $72", 1)]
    [InlineData("#### +72", 1)]
    [InlineData("#### -72", 0)]
    [InlineData("#### 7\n#### 72", 1)]
    [InlineData("#### 72\n#### 7", 0)]
    [InlineData("72 #### about 72", 0)] // after the mark comes something else first
    [InlineData("The answer is 72.", 0)]
    [InlineData("", 0)]
    public void Score_TheNumberAfterTheMark(string response, double expected) => Score(new("n", "answer"), response, "Natalia … 24 = 72 clips.\n#### 72").ShouldBe(expected);

    [Theory]
    [InlineData("The answer is 72.", 72, 1)]
    [InlineData("Of 72, 48 are left: 24", 24, 1)]
    [InlineData("It costs $1,234.50!", 1234.5, 1)]
    [InlineData("It costs -$1,234.50!", -1234.5, 1)]
    [InlineData("It costs $-3", -3, 1)]
    [InlineData("a loss of −3 euros", -3, 1)]
    [InlineData("between 3-4", 4, 1)] // no minus
    [InlineData("10 - 6 = 4", 4, 1)]
    [InlineData("x = .5", 0.5, 1)]
    [InlineData("1,23", 23, 1)] // no thousands
    [InlineData("12,345,678", 12345678, 1)]
    [InlineData("none", 0, 0)]
    public void Score_WithoutTheMark_TheLastNumber(string response, double answer, double expected) =>
        Score(new("n", "answer", lastNumber: true), response, answer).ShouldBe(expected);

    [Fact]
    public void Score_Tolerance_AllowsThatMuch()
    {
        Score(new("n", "answer", tolerance: 0.01), "#### 3.14", 3.15).ShouldBe(1);
        Score(new("n", "answer", tolerance: 0.01), "#### 3.14", 3.16).ShouldBe(0);
        Score(new("n", "answer"), "#### 0.3", 0.3).ShouldBe(1); // decimal, not binary
    }

    [Fact]
    public void Score_SeveralAnswers_AnyIsRight() => Score(new("n", "answer"), "#### 2", new JsonArray(1, "#### 2")).ShouldBe(1);

    [Fact]
    public void Score_AnswerWithoutNumber_NamesTheRow() =>
        Should.Throw<DataFormatException>(() => Score(new("n", "answer"), "#### 2", "two")).Message.ShouldContain("f:7: column 'answer' has no number in 'two'");

    private static double Score(NumericAnswerReward reward, string response, JsonNode answer) => reward.Score("", response, new JsonObject { ["answer"] = answer }, "f:7");
}
