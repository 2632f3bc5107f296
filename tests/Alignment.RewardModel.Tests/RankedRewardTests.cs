using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Tokenization;

namespace Alignment.RewardModel.Tests;

public sealed class RankedRewardTests
{
    private const string Stage = """
          reward:
            kind: reward
            model: ROOT/base/model
            loss: LOSS
            train: [ROOT/lists.jsonl]
            eval: [ROOT/lists_eval.jsonl]
            data: { max_length: 96 }
            training: { max_steps: 24, batch_size: 4, learning_rate: 0.01, log_every: 4, eval_every: 12, save_every: 6 }

        """;

    [Theory]
    [InlineData("ranking", "ensemble: { heads: 3, bootstrap: true, aggregation: lower_confidence }")]
    [InlineData("best_of_k", "center_rewards_coefficient: null")]
    [InlineData("rating", "center_rewards_coefficient: null")]
    public void Run_Lists_LearnsThemAndEndsByteIdenticalAfterAKill(string loss, string more)
    {
        using var run = new RewardRun(Stage.Replace("LOSS", $"{loss}\n    {more}"));
        WriteLists(run);
        var (code, error) = run.Run("reward");
        code.ShouldBe(0, error);

        var results = run.Results("reward");
        results["accuracy"]!["mean"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(loss == "best_of_k" ? 0.8 : 0.9); // the best alone says nothing of the others
        results["best_accuracy"]!["mean"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0.9);
        results["prompts"]!.GetValue<int>().ShouldBe(12);
        results["pairs"]!.GetValue<int>().ShouldBe(12 * 5); // four responses, two of them tied
        (results["rating"] is not null).ShouldBe(loss == "rating");
        File.ReadAllText(run.At("reward", "report.html")).ShouldContain("reliability");

        var killed = run.At("killed");
        run.Kill("reward", killed, at: "step 8 ");
        (code, error) = run.Run("reward", killed);
        code.ShouldBe(0, error);
        error.ShouldContain("Resum");
        foreach (var file in new[] { "model/model.safetensors", "model/config.json", "results.json" })
        {
            File.ReadAllBytes(Path.Combine(killed, "reward", file)).ShouldBe(File.ReadAllBytes(run.At("reward", file)), file);
        }

        run.Metrics("killed", "reward").Select(row => row.ToJsonString()).ShouldBe(run.Metrics("reward").Select(row => row.ToJsonString()));
        if (loss == "ranking")
        {
            CheckEnsemble(run);
        }

        if (loss == "rating")
        {
            using var model = ModelFolder.LoadScalarHead(run.At("reward", "model"));
            model.RatingScale.ShouldBe(new RatingScale(4, Math.Sqrt((25 + 1 + 9 + 9) / 4.0))); // of 9, 5, 1 and 1
        }
    }

    [Fact]
    public void Run_DataWithoutWhatTheLossNeeds_SaysWhatIsMissing()
    {
        using var run = new RewardRun(Stage.Replace("LOSS", "best_of_k"));
        run.WriteRows("lists.jsonl", Enumerable.Range(0, 3).Select(i => new JsonObject { ["prompt"] = $"Say {i}.", ["response"] = "Gladly.", ["score"] = 1 }));
        run.WriteRows("lists_eval.jsonl", [new JsonObject { ["prompt"] = "Say it.", ["response"] = "Gladly.", ["score"] = 1 }]);

        var (code, error) = run.Run("reward");

        code.ShouldBe(2, error);
        error.ShouldContain("train: none of the 3 prompts has one response that is better than all others, which loss: best_of_k needs");
    }

    /// <summary>Each way to put the heads together has mean 0 and variance 1 on the training responses, which scale the reward where no prompts are given.</summary>
    private static void CheckEnsemble(RewardRun run)
    {
        using var model = ModelFolder.LoadScalarHead(run.At("reward", "model"));
        model.HeadCount.ShouldBe(3);
        model.Ensemble!.Aggregation.ShouldBe(RewardAggregation.LowerConfidence);
        var sets = new DataSets(TextTokenizer.Load(run.At("reward", "model")), new DataOptions { MaxLength = 96 });
        var responses = RewardNormalization.ResponsesOf(sets.Ranked([run.At("lists.jsonl")]).Examples.Select(ResponseGroup.Of));
        var found = new List<double[]>();
        foreach (var aggregation in Enum.GetValues<RewardAggregation>())
        {
            model.UseAggregation(aggregation);
            double[] rewards = [.. ResponseScores.Rewards(model, responses, 16).Select(raw => (raw - model.RewardMean) / model.RewardStd)];
            rewards.Average().ShouldBe(0, 1e-5);
            rewards.Average(reward => reward * reward).ShouldBe(1, 1e-4);
            found.Add(rewards);
        }

        found[0].ShouldNotBe(found[1]);
        run.Metrics("reward")[^1]["eval_disagreement"]!.GetValue<double>().ShouldBeGreaterThan(0);
    }

    /// <summary>Rated lists as UltraFeedback has them: the one that stays gladly is better than the one that stays, and both better than two that do not.</summary>
    private static void WriteLists(RewardRun run)
    {
        string[] things = ["red bird", "blue fish", "old man", "small dog", "tall tree", "warm bread"];
        string[] places = ["in the sea", "under the tree", "by the house", "on the road"];
        var rows = things.SelectMany(thing => places.SelectMany(place => Enumerable.Range(0, 2).Select(i => new JsonObject
        {
            ["instruction"] = $"Will the {thing} stay {place}{(i == 0 ? "?" : " now?")}",
            ["completions"] = new JsonArray(Rated($"Never {place}.", 1), Rated($"The {thing} gladly stays.", 9), Rated($"The {thing} stays.", 5), Rated($"The {thing} never stays.", 1)),
        }))).ToList();
        run.WriteRows("lists.jsonl", rows.Where((_, i) => i % 4 != 1));
        run.WriteRows("lists_eval.jsonl", rows.Where((_, i) => i % 4 == 1));

        static JsonObject Rated(string text, double score) => new() { ["response"] = text, ["overall_score"] = score };
    }
}
