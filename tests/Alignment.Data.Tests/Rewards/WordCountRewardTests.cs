using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

/// <summary>Tests of <see cref="MaxWordsReward"/> and <see cref="MinWordsReward"/>.</summary>
public class WordCountRewardTests
{
    [Theory]
    [InlineData("", 0, 1)]                    // 0 words
    [InlineData("one two three", 0, 1)]       // at the limit
    [InlineData("one - two, three!", 0, 1)]   // "-" is no word
    [InlineData("a b c d", 0, 0)]             // one over, no decay
    [InlineData("a b c d", 4, 0.75)]          // 1 − 1/4
    [InlineData("a b c d e f g", 4, 0)]       // 1 − 4/4
    [InlineData("a b c d e f g h", 4, 0)]     // not below 0
    public void MaxWords_LimitThree(string response, int decay, double expected) =>
        new MaxWordsReward("short", 3, decay).Score("", response, []).ShouldBe(expected);

    [Theory]
    [InlineData("a b c", 0, 1)]
    [InlineData("a b c d", 0, 1)]
    [InlineData("a b", 0, 0)]
    [InlineData("a b", 2, 0.5)]  // 1 − 1/2
    [InlineData("", 2, 0)]       // 1 − 3/2, not below 0
    public void MinWords_LimitThree(string response, int decay, double expected) =>
        new MinWordsReward("long", 3, decay).Score("", response, []).ShouldBe(expected);
}
