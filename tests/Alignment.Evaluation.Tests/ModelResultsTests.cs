namespace Alignment.Evaluation.Tests;

public sealed class ModelResultsTests
{
    private static readonly EvaluationOptions Options = new()
    {
        Models = new Dictionary<string, string> { ["sft"] = "a", ["dpo"] = "b" },
        Prompts = ["p.jsonl"],
        Samples = 2,
        Bootstrap = 500,
    };

    [Fact]
    public void Of_TwoSamplesOfTwoPrompts_PairsByPromptAndSample()
    {
        var (sft, dpo) = (Scores("sft", [1, 1, 0, 0]), Scores("dpo", [2, 1, 0, -1]));

        var results = ModelResults.Of(dpo, sft, Options, seed: 1);

        results.GoldReward!.Value.Mean.ShouldBe(0.5);          // (2 + 1 + 0 − 1) / 4
        results.GoldRewardVsBaseline!.Value.Mean.ShouldBe(0);  // (1 + 0 + 0 − 1) / 4
        results.WinRate!.Value.Mean.ShouldBe(0.5);             // win, tie, tie, loss
        (results.WinRate.Value.Low, results.WinRate.Value.High).ShouldBe((0.25, 0.75)); // the two prompts are 0.75 and 0.25
        results.Kl.Mean.ShouldBe(0.5);
        results.EosRate.ShouldBe(0.75);
        results.Length.ShouldBe(2.5);
        results.HeldOutAccuracy.ShouldBeNull();
    }

    [Fact]
    public void Options_NamesLeftOut_TakeSftElseTheFirst()
    {
        Options.Reference.ShouldBe("sft");
        (Options with { Models = new Dictionary<string, string> { ["one"] = "a", ["two"] = "b" } }).Baseline.ShouldBe("one");
        (Options with { Baseline = "dpo" }).Baseline.ShouldBe("dpo");
        Options.Problems().ShouldBeEmpty();
    }

    private static ModelScores Scores(string name, double[] gold) => new()
    {
        Name = name,
        Responses = new([[5], [5, 6], [5, 6, 7], [5, 6, 7, 3]], [true, true, true, false]),
        Texts = ["", "", "", ""],
        LogProbs = [-1, -2, -3, -4],
        ReferenceLogProbs = [-1.5, -2.5, -3.5, -4.5],
        Gold = gold,
    };
}
