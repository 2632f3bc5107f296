using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Rollouts.Rewards;
using Alignment.Rollouts.Rewards.Services;
using Alignment.Tests;
using Alignment.Training.Loops;

namespace Alignment.Rollouts.Tests;

public sealed class RewardSourcesTests
{
    [Fact]
    public void Create_SeveralModels_AreEachNormalisedAndPutTogether()
    {
        using var world = new TinyWorld("");
        var tokenizer = TextTokenizer.Load(world.At("policy"));
        using (var other = ModelFolder.LoadScalarHead(world.At("policy"), seed: 3))
        {
            (other.RewardMean, other.RewardStd) = (-0.2, 0.25);
            ModelFolder.Save(other, world.At("rm2"), new() { CopyTokenizer = tokenizer.CopyTo });
        }

        double[][] alone = [Scores(world, [world.At("rm")]).Terms[0].Values, Scores(world, [world.At("rm2")]).Terms[0].Values];
        double[] Both(Func<double, double, double> of) => [.. alone[0].Zip(alone[1], of)];

        var mean = Scores(world, [world.At("rm"), world.At("rm2")]);
        Agree(mean.Terms[0].Values, Both((a, b) => (a + b) / 2));
        Agree(mean.Disagreement!, Both((a, b) => Math.Abs(a - b) / 2)); // the deviation of two numbers over n
        Agree(Scores(world, [world.At("rm"), world.At("rm2")], RewardAggregation.Min).Terms[0].Values, Both(Math.Min));
        Agree(Scores(world, [world.At("rm"), world.At("rm2")], RewardAggregation.LowerConfidence, 2).Terms[0].Values, Both((a, b) => ((a + b) / 2) - Math.Abs(a - b)));
        Scores(world, [world.At("rm")]).Disagreement.ShouldBeNull();
        Should.Throw<InvalidDataException>(() => Scores(world, [world.At("rm")], RewardAggregation.Min)).Message.ShouldContain("is one model with one head");
    }

    [Fact]
    public void Create_ModelWithHeads_UsesThemAsAsked()
    {
        using var world = new TinyWorld("");
        using (var heads = ModelFolder.LoadScalarHead(world.At("policy"), seed: 3, heads: 3))
        {
            heads.Ensemble = heads.Ensemble! with
            {
                Moments = Enum.GetValues<RewardAggregation>().ToDictionary(aggregation => aggregation, aggregation => ((double)(int)aggregation, 0.5)),
            };
            heads.UseAggregation(RewardAggregation.Mean);
            ModelFolder.Save(heads, world.At("heads"), new() { CopyTokenizer = TextTokenizer.Load(world.At("policy")).CopyTo });
        }

        var mean = Scores(world, [world.At("heads")]);
        var min = Scores(world, [world.At("heads")], RewardAggregation.Min);

        mean.Disagreement!.ShouldAllBe(deviation => deviation > 0);
        for (var i = 0; i < mean.Terms[0].Values.Length; i++)
        {
            (0.5 * min.Terms[0].Values[i] + 1).ShouldBeLessThan(0.5 * mean.Terms[0].Values[i]); // raw: the lowest is below the mean
        }
    }

    [Fact]
    public void Problems_OfRewards_AreAllReported()
    {
        new Options().Problems().ShouldBe(["reward_model, rewards, reward_command and reward_url: give one of them, got none"]);
        new Options { RewardModel = ["a"], RewardUrl = "http://localhost/" }.Problems().ShouldBe(["reward_model and reward_url: give one of them"]);
        new Options { RewardUrl = "ftp://x", RewardAggregation = RewardAggregation.Min, RewardConfidence = -1 }.Problems().Select(problem => problem.Split(' ')[0])
            .ShouldBe(["reward_url", "reward_aggregation", "reward_confidence"]);
        new Options { RewardModel = ["a", "a"] }.Problems().Single().ShouldContain("names a folder twice");
        new Options { RewardCommand = [" "] }.Problems().Single().ShouldContain("give a program");
        new RewardServiceOptions { BatchSize = 0, Parallel = 0, TimeoutSeconds = 0, Retries = -1, RetrySeconds = 0, KeyEnv = "a b" }.Problems().Count().ShouldBe(6);
        new RewardServiceOptions().Problems().ShouldBeEmpty();
    }

    private static RewardScores Scores(TinyWorld world, IReadOnlyList<string> folders, RewardAggregation? aggregation = null, double confidence = 1)
    {
        var options = new Options { RewardModel = folders, RewardAggregation = aggregation, RewardConfidence = confidence };
        using var reward = RewardSources.Create(options, new TrainingOptions(), TextTokenizer.Load(world.At("policy")), new DataOptions());
        Rollout[] rollouts = [.. Enumerable.Range(0, 4).Select(i => new Rollout(new PromptExample("f:1", [5, 6, 7 + i], new JsonObject()), [8, 9 + i], [0, 0], true))];
        return reward.Score(rollouts, [[0, 1], [2, 3]]);
    }

    private static void Agree(double[] found, double[] expected) => found.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-6);

    private sealed record Options : RewardOptions;
}
