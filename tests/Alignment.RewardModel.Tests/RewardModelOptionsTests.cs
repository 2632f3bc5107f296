namespace Alignment.RewardModel.Tests;

public sealed class RewardModelOptionsTests
{
    private static readonly RewardModelOptions Good = new() { Model = "sft", Train = ["pairs.jsonl"] };

    [Fact]
    public void Defaults_AreTrlsAndHaveNoProblem()
    {
        Good.Problems().ShouldBeEmpty();
        Good.Normalization.Problems().ShouldBeEmpty();
        Good.Training.Problems().ShouldBeEmpty();
        (Good.Training.LearningRate, Good.Training.Epochs, Good.CenterRewardsCoefficient).ShouldBe((1e-4, 1, null));
    }

    [Fact]
    public void Problems_Several_AreAllReported()
    {
        var options = Good with
        {
            Train = [],
            CenterRewardsCoefficient = -0.5,
            Data = new() { MaxLength = 100 },
            Normalization = new() { Prompts = ["p"], MaxNewTokens = 100 },
        };

        options.Problems().ShouldBe([
            "train is empty; name at least one file, or several sources in mix",
            "center_rewards_coefficient is -0.5; it must be at least 0",
            "normalization.max_new_tokens is 100, which leaves no room for a prompt in data.max_length 100; lower the one or raise the other",
        ]);
    }

    [Theory]
    [InlineData(RewardLossKind.BestOfK, "best_of_k has none")]
    [InlineData(RewardLossKind.Rating, "rating sets where rewards lie")]
    public void Problems_CentringWithoutPairs_IsRefused(RewardLossKind loss, string reason) =>
        (Good with { Loss = loss, CenterRewardsCoefficient = 0.01 }).Problems().ShouldBe([$"center_rewards_coefficient is given, which is of pairs; {reason}: leave it out"]);

    [Fact]
    public void Problems_OfAnEnsemble_AreAllReported() =>
        new EnsembleOptions { Heads = 1, Confidence = -1 }.Problems().ShouldBe(["heads is 1; give 2 to 64, or leave ensemble out for one head", "confidence is -1; it must be at least 0"]);

    [Fact]
    public void Problems_OfNormalization_AreAllReported() =>
        new NormalizationOptions { Samples = 1, MaxNewTokens = 0, Temperature = -1, Model = "sft" }.Problems().ShouldBe([
            "samples is 1; a variance needs at least 2",
            "max_new_tokens is 0; it must be at least 1",
            "temperature is -1; it must be 0 (greedy) or above",
            "model is given, but prompts names no file; add prompts or remove it",
        ]);
}
