using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class PhraseRewardTests
{
    [Theory]
    [InlineData("Of course! Rome.", 1)]
    [InlineData("Rome. THANK YOU.", 1)]
    [InlineData("Of course Rome", 0)]     // the phrase ends with "!"
    [InlineData("Thank yourself.", 0)]    // not whole words
    [InlineData("Rome.", 0)]
    [InlineData("", 0)]
    public void Score_AnyPhraseAsWholeWords(string response, double expected) =>
        new PhraseReward("polite", ["Of course!", "thank you"]).Score("", response, []).ShouldBe(expected);
}
