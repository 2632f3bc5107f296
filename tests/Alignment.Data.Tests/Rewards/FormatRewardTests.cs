using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class FormatRewardTests
{
    [Theory]
    [InlineData("<think>2 and 2</think><answer>4</answer>", 1)]
    [InlineData(" <think>\n2 < 3\n</think>\n\n<answer>4</answer>\n", 1)]
    [InlineData("<think>2</think><answer>4</answer> done", 0)]
    [InlineData("so <think>2</think><answer>4</answer>", 0)]
    [InlineData("<think>2</think>so<answer>4</answer>", 0)]
    [InlineData("<answer>4</answer><think>2</think>", 0)]
    [InlineData("<think>2</think>", 0)]
    [InlineData("<think> </think><answer>4</answer>", 0)]
    [InlineData("<think>2<answer>3</answer></think><answer>4</answer>", 0)]
    [InlineData("<think>2</think><think>3</think><answer>4</answer>", 0)]
    [InlineData("", 0)]
    public void Score_TagsInOrderAndNothingElse(string response, double expected) => new FormatReward("f", ["think", "answer"]).Score("", response, []).ShouldBe(expected);

    [Theory]
    [InlineData("{\"a\": 1, \"b\": [2]}", 1)]
    [InlineData("```json\n{\"a\": 1, \"b\": 2}\n```", 1)]
    [InlineData("{\"a\": 1}", 0)]
    [InlineData("[1, 2]", 0)]
    [InlineData("Here: {\"a\": 1, \"b\": 2}", 0)]
    [InlineData("{'a': 1, 'b': 2}", 0)]
    public void Json_WithKeys(string response, double expected) => new JsonReward("j", ["a", "b"]).Score("", response, []).ShouldBe(expected);

    [Fact]
    public void Json_AnyJsonWithoutKeys() => new JsonReward("j", []).Score("", " [1, 2] ", []).ShouldBe(1);
}
