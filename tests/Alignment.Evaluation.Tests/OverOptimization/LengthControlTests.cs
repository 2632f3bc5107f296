using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation.Tests.OverOptimization;

public class LengthControlTests
{
    [Fact]
    public void Of_RewardsOfLengthPromptAndModel_FindsTheSlopeAndLeavesTheRest()
    {
        // reward = 0.1 · length + effect of the prompt (0, 3) + effect of the model (0, 0.5); two samples of each prompt
        var sft = Scores("sft", [2, 4, 5, 1], [0.2, 0.4, 3.5, 3.1]);
        var ppo = Scores("ppo", [8, 9, 3, 12], [1.3, 1.4, 3.8, 4.7]);

        var control = LengthControl.Of([sft, ppo], "sft", samples: 2)!;

        control.Slope.ShouldBe(0.1, 1e-12);
        control.ReferenceLength.ShouldBe(3);
        control.Apply(sft.Rewards!, LengthControl.LengthsOf(sft.Responses)).Average().ShouldBe(1.8, 1e-12);              // its own mean stays
        control.Apply(ppo.Rewards!, LengthControl.LengthsOf(ppo.Responses)).Average().ShouldBe(1.8 + 0.5, 1e-12); // what is not length stays
    }

    [Fact]
    public void Of_LengthsThatDoNotVary_IsNull() => LengthControl.Of([Scores("a", [2, 2], [1, 2]), Scores("b", [2, 2], [0, 5])], "a", 1).ShouldBeNull();

    [Fact]
    public void Of_WithoutRewards_IsNull() => LengthControl.Of([Scores("a", [2, 3], [1, 2]) with { Rewards = null }], "a", 1).ShouldBeNull();

    private static ModelScores Scores(string name, int[] lengths, double[] rewards) => new()
    {
        Name = name,
        Responses = new([.. lengths.Select(length => new int[length])], [.. lengths.Select(_ => true)]),
        Texts = [.. lengths.Select(_ => "")],
        LogProbs = [.. lengths.Select(_ => -1.0)],
        ReferenceLogProbs = [.. lengths.Select(_ => -1.0)],
        Rewards = rewards,
    };
}
