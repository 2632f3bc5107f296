using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;

namespace Alignment.RewardModel.Tests;

public sealed class RewardNormalizationTests
{
    [Fact]
    public void Moments_OfRewards_GiveMeanZeroAndVarianceOneOnThem()
    {
        double[] rewards = [3, -1, 2, 8];

        var (mean, std) = RewardNormalization.Moments(rewards);

        mean.ShouldBe(3);
        std.ShouldBe(Math.Sqrt((0 + 16 + 1 + 25) / 4.0), 1e-12);
        rewards.Average(reward => Math.Pow((reward - mean) / std, 2)).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Scaled_HeadsOfDifferentZeros_HaveMeanZeroAndMomentsOfEveryAggregation()
    {
        // Heads without their means 2 and 20: (−1, 2), (1, −2), so the lowest are −1 and −2, the means ½ and −½, the deviations 1½ twice.
        double[][] heads = [[1, 22], [3, 18]];

        var ensemble = RewardNormalization.Scaled(new RewardEnsemble([0, 0]) { Confidence = 2 }, heads, keepOffsets: false);

        ensemble.Offsets.ShouldBe([2.0, 20]);
        ensemble.Moments[RewardAggregation.Mean].ShouldBe((0, 0.5));
        ensemble.Moments[RewardAggregation.Min].ShouldBe((-1.5, 0.5));
        ensemble.Moments[RewardAggregation.LowerConfidence].ShouldBe((-3, 0.5));
        RewardNormalization.Scaled(ensemble, heads, keepOffsets: true).Offsets.ShouldBe([0.0, 0]);
    }

    [Fact]
    public void Moments_AllTheSame_AreRefused() =>
        Should.Throw<InvalidDataException>(() => RewardNormalization.Moments([2, 2, 2])).Message.ShouldContain("the 3 responses that scale the reward all score 2");

    [Fact]
    public void ResponsesOf_Pairs_AreBothSidesWithThePrompt() =>
        RewardNormalization.ResponsesOf([ResponseGroup.Of(new PreferenceExample("a:1", [1, 2], [3], [4, 5], 0, 1))]).Select(Ids).ShouldBe(["1 2 3", "1 2 4 5"]);

    [Fact]
    public void Sample_SameSeed_GivesTheSameResponsesWithPromptsInTurns()
    {
        using var run = new RewardRun("");
        var options = new RewardModelOptions { Model = run.At("base", "model"), Train = [], Normalization = new() { Samples = 6, MaxNewTokens = 8 } };
        PromptExample[] prompts = [new("p:1", [10, 11], []), new("p:2", [12, 13, 14], []), new("p:3", [15], [])];

        var first = RewardNormalization.Sample(options, prompts, seed: 1, default).Responses.Select(Ids).ToArray();
        var again = RewardNormalization.Sample(options, prompts, seed: 1, default).Responses.Select(Ids).ToArray();
        var other = RewardNormalization.Sample(options, prompts, seed: 2, default).Responses.Select(Ids).ToArray();

        again.ShouldBe(first);
        other.Order().ShouldNotBe(first.Order());
        foreach (var prompt in prompts)
        {
            first.Count(ids => ids.StartsWith(string.Join(' ', prompt.Prompt) + " ", StringComparison.Ordinal)).ShouldBe(2);
        }
    }

    private static string Ids(PromptedResponse response) => string.Join(' ', response.Prompt.Concat(response.Response));
}
