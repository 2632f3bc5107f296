using Alignment.Core.Generation;

namespace Alignment.Core.Tests.Generation;

public class SamplingOptionsTests
{
    [Fact]
    public void Problems_Defaults_None() => new SamplingOptions().Problems().ShouldBeEmpty();

    [Fact]
    public void Problems_EveryOptionWrong_AllAreNamedAtOnce() =>
        new SamplingOptions { MaxNewTokens = 0, Temperature = double.NaN, TopK = -1, TopP = 0, MinP = 1, RepetitionPenalty = 0 }.Problems()
            .Select(problem => problem.Split(':')[0])
            .ShouldBe(["max_new_tokens", "temperature", "top_k", "top_p", "min_p", "repetition_penalty"]);

    [Fact]
    public void Truncates_TemperatureAlone_DoesNot()
    {
        new SamplingOptions { Temperature = 0.7 }.Truncates.ShouldBeFalse();
        new SamplingOptions { TopP = 0.9 }.Truncates.ShouldBeTrue();
    }
}
