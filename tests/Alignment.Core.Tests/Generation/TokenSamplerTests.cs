using Alignment.Core.Generation;

namespace Alignment.Core.Tests.Generation;

public class TokenSamplerTests
{
    // Probabilities 0.5, 0.25, 0.125, 0.125.
    private static readonly float[] Logits = [3, 3 - MathF.Log(2), 3 - MathF.Log(4), 3 - MathF.Log(4)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.499, 0)]
    [InlineData(0.501, 1)]
    [InlineData(0.749, 1)]
    [InlineData(0.76, 2)]
    [InlineData(0.9999999, 3)]
    public void Sample_Uniform_InvertsTheDistributionFunction(double uniform, int expected)
    {
        var (id, logProb) = new TokenSampler(new()).Sample(Logits, [], uniform);
        id.ShouldBe(expected);
        logProb.ShouldBe(Math.Log(new[] { 0.5, 0.25, 0.125, 0.125 }[expected]), 1e-6);
    }

    [Fact]
    public void Sample_ZeroTemperature_TakesTheMostLikelyAndReportsItsModelLogProb()
    {
        var (id, logProb) = new TokenSampler(new() { Temperature = 0 }).Sample(Logits, [], 0.99);
        id.ShouldBe(0);
        logProb.ShouldBe(Math.Log(0.5), 1e-6);
    }

    [Fact]
    public void Sample_Temperature_SharpensBothDrawAndLogProb()
    {
        // At temperature 0.5 the weights are squared: 16, 4, 1, 1 of 22.
        var (id, logProb) = new TokenSampler(new() { Temperature = 0.5 }).Sample(Logits, [], 0.74);
        id.ShouldBe(1); // 16/22 = 0.727
        logProb.ShouldBe(Math.Log(4.0 / 22), 1e-6);
    }

    [Fact]
    public void Sample_TopK_NeverLeavesTheBestK()
    {
        var sampler = new TokenSampler(new() { TopK = 2 });
        Draws(sampler).ShouldBe([0, 1]); // renormalised: 2/3, 1/3
        sampler.Sample(Logits, [], 0.65).Id.ShouldBe(0);
        sampler.Sample(Logits, [], 0.68).Id.ShouldBe(1);
    }

    [Fact]
    public void Sample_TopP_KeepsTheSmallestSetThatReachesIt()
    {
        Draws(new TokenSampler(new() { TopP = 0.5 })).ShouldBe([0]);
        Draws(new TokenSampler(new() { TopP = 0.51 })).ShouldBe([0, 1]);
        Draws(new TokenSampler(new() { TopP = 0.76 })).ShouldBe([0, 1, 2, 3]); // the two tail tokens are tied
    }

    [Fact]
    public void Sample_MinP_KeepsTokensNearTheBest() => Draws(new TokenSampler(new() { MinP = 0.3 })).ShouldBe([0, 1]); // 0.25 / 0.5 >= 0.3

    [Fact]
    public void Sample_RepetitionPenalty_LowersTokensAlreadyPresent()
    {
        var sampler = new TokenSampler(new() { Temperature = 0, RepetitionPenalty = 2 });
        sampler.Sample(Logits, [0], 0).Id.ShouldBe(1);        // 3 / 2 < 3 - ln 2
        sampler.Sample([-1, -3], [0], 0).Id.ShouldBe(0);      // -1 * 2 > -3
        sampler.Sample([-1, -1.5f], [0], 0).Id.ShouldBe(1);   // -1 * 2 < -1.5
    }

    [Fact]
    public void Sample_MinusInfinity_IsNeverDrawn() =>
        Draws(new TokenSampler(new()), [float.NegativeInfinity, 0, float.NegativeInfinity]).ShouldBe([1]);

    [Fact]
    public void Sample_NotANumber_NamesTheToken() =>
        Should.Throw<InvalidDataException>(() => new TokenSampler(new()).Sample([0, float.NaN], [], 0)).Message.ShouldContain("token 1");

    [Fact]
    public void Sample_ManyDraws_FollowTheDistribution()
    {
        var sampler = new TokenSampler(new());
        var counts = new int[4];
        for (var step = 0; step < 20_000; step++)
        {
            counts[sampler.Sample(Logits, [], SequenceRandom.Uniform(7, step)).Id]++;
        }

        // Three standard deviations of a share of 1/2 over 20,000 draws are 0.011.
        (counts[0] / 20_000.0).ShouldBe(0.5, 0.011);
        (counts[3] / 20_000.0).ShouldBe(0.125, 0.011);
    }

    [Theory]
    [InlineData(1, 1.0, 0)]
    [InlineData(5, 1.0, 0)]
    [InlineData(0, 0.3, 0)]
    [InlineData(0, 0.95, 0)]
    [InlineData(400, 0.8, 0)]
    [InlineData(900, 0.99, 0.01)]
    public void Sample_Filters_KeepWhatSortingKeeps(int topK, double topP, double minP)
    {
        var logits = Enumerable.Range(0, 1003).Select(i => 6 * (float)SequenceRandom.Uniform(3, i / 2)).ToArray(); // every one twice
        var sorted = logits.Select(logit => MathF.Exp(logit - logits.Max())).OrderDescending().ToArray();
        var kept = sorted[..(topK > 0 ? topK : sorted.Length)];
        var needed = 0;
        for (double sum = 0, all = kept.Sum(weight => (double)weight); topP < 1 && needed < kept.Length && sum < topP * all; needed++)
        {
            sum += kept[needed];
        }

        var smallest = Math.Max(topP < 1 ? kept[needed - 1] : kept[^1], (float)minP);
        var sampler = new TokenSampler(new() { TopK = topK, TopP = topP, MinP = minP });
        var drawn = Enumerable.Range(0, 20_000).Select(i => sampler.Sample(logits, [], i / 20_000.0).Id).Distinct().ToArray();
        var expected = logits.Count(logit => MathF.Exp(logit - logits.Max()) >= smallest * 0.999999f);
        ((double)drawn.Length).ShouldBe(expected, expected * 0.02); // the least likely may fall between two of the uniform numbers
        drawn.ShouldAllBe(id => MathF.Exp(logits[id] - logits.Max()) >= smallest * 0.99999f);
    }

    private static int[] Draws(TokenSampler sampler, float[]? logits = null) =>
        [.. Enumerable.Range(0, 1000).Select(i => sampler.Sample(logits ?? Logits, [], i / 1000.0).Id).Distinct().Order()];
}
