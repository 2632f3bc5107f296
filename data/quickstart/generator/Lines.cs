using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace QuickstartData;

/// <summary>The lines of the files.</summary>
public static class Lines
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly WeightedSumReward Gold = TextReward.Create(Crowd.GoldRule);

    /// <summary>Writes rows as JSON Lines.</summary>
    public static void Write(string path, IEnumerable<JsonObject> rows) =>
        File.WriteAllText(path, string.Concat(rows.Select(row => row.ToJsonString(Plain) + "\n")));

    /// <summary>A text to model.</summary>
    public static JsonObject Text(string text) => new() { ["text"] = text };

    /// <summary>An instruction and a reply.</summary>
    public static JsonObject Instruction(Question question, Reply reply) =>
        About(question, new() { ["prompt"] = question.Text, ["completion"] = reply.Text }, template: true);

    /// <summary>An instruction for which a response is to be sampled.</summary>
    public static JsonObject Prompt(Question question) => Candidates(question, About(question, new() { ["prompt"] = question.Text }, template: true));

    /// <summary>An instruction of the held-out cluster.</summary>
    public static JsonObject Prompt(Alternative question) => new()
    {
        ["prompt"] = question.Text,
        ["task"] = question.Task,
        ["cluster"] = Choosing.Cluster,
        ["template"] = question.Template,
        ["answer"] = question.Answer,
        ["candidates"] = Strings(question.Candidates),
        ["choices"] = Strings(question.Choices),
        ["choice"] = question.Choice,
    };

    /// <summary>Two replies and which one is preferred.</summary>
    /// <param name="question">The instruction.</param>
    /// <param name="chosen">The reply in front.</param>
    /// <param name="rejected">The other one.</param>
    /// <param name="label">P(chosen is better): 1, or 0.5 for a tie.</param>
    /// <param name="flipped">Whether the gold rule says the opposite.</param>
    public static JsonObject Pair(Question question, Reply chosen, Reply rejected, double label, bool flipped)
    {
        JsonObject row = About(question, new()
        {
            ["prompt"] = question.Text,
            ["chosen"] = chosen.Text,
            ["rejected"] = rejected.Text,
            ["label"] = label,
        });
        row["gold_chosen"] = Score(question, chosen.Text);
        row["gold_rejected"] = Score(question, rejected.Text);
        row["flipped"] = flipped;
        return row;
    }

    /// <summary>Replies with their ratings, in UltraFeedback's columns.</summary>
    public static JsonObject Rated(Question question, IReadOnlyList<(Reply Reply, double Rating)> replies) => About(question, new()
    {
        ["instruction"] = question.Text,
        ["completions"] = new JsonArray([.. replies.Select(one => new JsonObject { ["response"] = one.Reply.Text, ["overall_score"] = one.Rating, ["gold"] = Score(question, one.Reply.Text) })]),
    });

    /// <summary>The gold reward.</summary>
    public static double Score(Question question, string response) => Gold.Score(question.Text, response, Candidates(question, About(question, [])));

    private static JsonObject About(Question question, JsonObject row, bool template = false)
    {
        row["task"] = question.Task;
        row["cluster"] = question.Cluster;
        if (template)
        {
            row["template"] = question.Template;
        }

        row["answer"] = question.Answers.Count == 1 ? JsonValue.Create(question.Answers[0]) : Strings(question.Answers);
        return row;
    }

    private static JsonObject Candidates(Question question, JsonObject row)
    {
        row["candidates"] = Strings(question.Candidates);
        return row;
    }

    private static JsonArray Strings(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text)!)]);
}
