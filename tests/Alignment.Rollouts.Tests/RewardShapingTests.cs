using Alignment.Data.Rows;
using Alignment.Rollouts.Rewards;

namespace Alignment.Rollouts.Tests;

public sealed class RewardShapingTests
{
    private static readonly Shaped Plain = new() { Model = "policy", Train = ["prompts.jsonl"], MaxNewTokens = 10 };

    [Fact]
    public void Apply_Scale_ComesBeforeClipAndPenalty() =>
        Apply(Plain with { RewardClip = 1, MissingEosPenalty = 0.25 }, score => score / 4, (8, 2, true), (2, 2, true), (2, 10, false)).ShouldBe([1, 0.5f, 0.25f]);

    [Fact]
    public void Apply_FailureScore_ReplacesScoresOfShortAndCutResponses() =>
        Apply(Plain with { FailureScore = -3, MinResponseTokens = 3 }, null, (5, 2, true), (5, 3, true), (5, 10, false)).ShouldBe([-3, 5, -3]);

    [Fact]
    public void Apply_Overlong_RisesOverTheBuffer() =>
        Apply(Plain with { OverlongPenalty = 1, OverlongBuffer = 4 }, null, (0, 6, true), (0, 7, true), (0, 9, true), (0, 10, true)).ShouldBe([0, -0.25f, -0.75f, -1]);

    [Fact]
    public void Problems_PenaltiesThatDoNotFit_AreNamed()
    {
        var problems = (Plain with { OverlongPenalty = 1, MinResponseTokens = 4 }).Problems().ToArray();
        problems.ShouldContain(problem => problem.StartsWith("overlong_penalty is 1 and overlong_buffer 0"));
        problems.ShouldContain(problem => problem.StartsWith("min_response_tokens is 4, but there is no failure_score"));
    }

    private static float[] Apply(RewardOptions options, Func<float, float>? scale, params (double Score, int Length, bool Ended)[] responses) => RewardShaping.Apply(
        options,
        new RewardScores([new RewardTerm("r", 1, [.. responses.Select(response => response.Score)])]),
        [.. responses.Select(response => new Rollout(new PromptExample("a:1", [1], []), new int[response.Length], new float[response.Length], response.Ended))],
        scale);

    private sealed record Shaped : RolloutOptions;
}
