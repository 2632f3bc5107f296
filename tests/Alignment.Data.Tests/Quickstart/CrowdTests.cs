using System.Text.Json.Nodes;
using Alignment.Data.Rewards;
using QuickstartData;

namespace Alignment.Data.Tests.Quickstart;

/// <summary>The labels of the files, computed again by the gold rule.</summary>
public sealed class CrowdTests
{
    private static readonly WeightedSumReward Gold = TextReward.Create(Crowd.GoldRule);

    [Fact]
    public void Answer_AnyQuestion_IsWhatTheGoldRuleSays()
    {
        var chance = new Chance(7, "test");
        foreach (Question question in QuickstartFiles.Questions.Values.SelectMany(split => split.Values))
        {
            Reply reply = Crowd.Answer(question, chance);
            double expected = (reply.Correct ? 1 : 0) + (reply.Polite ? 0.5 : 0) + (reply.Short ? 0.5 : 0);
            Lines.Score(question, reply.Text).ShouldBe(expected, $"{question.Text} | {reply.Text}");
        }
    }

    [Fact]
    public void Sft_SharesOfTheCrowd_AreAsPromised()
    {
        double[][] terms = [.. QuickstartFiles.Read("sft.jsonl").Select(row => Gold.TermScores(row.Text("prompt"), row.Text("completion"), Complete(row, Split.Train)))];
        double Share(int term) => terms.Average(scores => scores[term]);

        // 1200 rows: four standard errors are at most 4·√(0.25/1200) = 0.058.
        Share(0).ShouldBe(Crowd.Correct, 0.058);
        Share(1).ShouldBe(Crowd.Polite, 0.058);
        Share(2).ShouldBe(Crowd.Short, 0.058);
        terms.Average(scores => scores[1] * scores[2]).ShouldBe(Crowd.Polite * Crowd.Short, 0.058, "independent of each other");
    }

    [Theory]
    [InlineData("preferences.jsonl", Split.Train, 850, 85, 50)]
    [InlineData("preferences_eval.jsonl", Split.Eval, 320, 32, 20)]
    public void Preferences_Labels_FollowTheGoldRuleButForTheFlippedTenth(string name, Split split, int decided, int flipped, int ties)
    {
        JsonObject[] rows = QuickstartFiles.Read(name);
        foreach (JsonObject row in rows)
        {
            JsonObject columns = Complete(row, split);
            double chosen = Gold.Score(row.Text("prompt"), row.Text("chosen"), columns);
            double rejected = Gold.Score(row.Text("prompt"), row.Text("rejected"), columns);
            row["gold_chosen"]!.GetValue<double>().ShouldBe(chosen);
            row["gold_rejected"]!.GetValue<double>().ShouldBe(rejected);
            row["label"]!.GetValue<double>().ShouldBe(chosen == rejected ? 0.5 : 1);
            row["flipped"]!.GetValue<bool>().ShouldBe(chosen < rejected);
        }

        rows.Count(row => row["label"]!.GetValue<double>() == 1).ShouldBe(decided);
        rows.Count(row => row["flipped"]!.GetValue<bool>()).ShouldBe(flipped);
        rows.Count(row => row["label"]!.GetValue<double>() == 0.5).ShouldBe(ties);
    }

    [Fact]
    public void GoldRule_ListingEveryCandidate_DoesNotScore()
    {
        Question question = QuickstartFiles.Questions[Split.Eval].Values.First();
        Lines.Score(question, string.Join(", ", question.Candidates)).ShouldBe(0.5); // short, but neither correct nor polite
    }

    /// <summary>The row's columns and the candidates, which the training files leave out to stay small.</summary>
    private static JsonObject Complete(JsonObject row, Split split)
    {
        Question question = QuickstartFiles.Questions[split][row.Text("prompt")];
        row.Text("task").ShouldBe(question.Task);
        var columns = row.DeepClone().AsObject();
        columns["candidates"] = new JsonArray([.. question.Candidates.Select(text => (JsonNode)JsonValue.Create(text)!)]);
        return columns;
    }
}
