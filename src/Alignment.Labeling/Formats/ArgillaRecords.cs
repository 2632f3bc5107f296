using System.Text.Json.Nodes;

namespace Alignment.Labeling.Formats;

/// <summary>Tasks as Argilla's records, with the settings of the data set that takes them.</summary>
internal static class ArgillaRecords
{
    public const string Prompt = "prompt";
    public const string Response = "response_";
    public const string Preference = "preference";
    public const string Ranking = "ranking";
    public const string Strength = "strength";
    public const string Comment = "comment";

    /// <summary>The answer at a place, counted from 0: <c>response_a</c>, <c>response_b</c>, …</summary>
    public static string Name(int place) => $"{Response}{(char)('a' + place)}";

    /// <summary>The records.</summary>
    public static JsonArray Write(IReadOnlyList<ShownTask> tasks) => [.. tasks.Select(task =>
    {
        var fields = new JsonObject { [Prompt] = task.Prompt };
        foreach (var (i, answer) in task.Answers.Index())
        {
            fields[Name(i)] = answer;
        }

        return new JsonObject { ["id"] = task.Task.Id, ["fields"] = fields, ["metadata"] = new JsonObject() };
    })];

    /// <summary>Fields and questions of the data set, as <c>Settings.from_json</c> of Argilla's SDK reads them.</summary>
    /// <param name="answers">Answers of a task, the most.</param>
    /// <param name="overlap">Responses that complete a record; Argilla has one number for all records.</param>
    /// <param name="guidelines">What annotators are told.</param>
    public static JsonObject Settings(int answers, int overlap, string? guidelines)
    {
        string[] names = [.. Enumerable.Range(0, answers).Select(Name)];
        return new JsonObject
        {
            ["guidelines"] = guidelines,
            ["fields"] = new JsonArray([Field(Prompt, required: true), .. names.Select((name, i) => Field(name, required: i < 2))]),
            ["questions"] = new JsonArray([
                Question(Preference, required: true, new JsonObject
                {
                    ["type"] = "label_selection",
                    ["options"] = Options(names.Append("tie").Append("both_bad")),
                }),
                .. answers > 2 ? [Question(Ranking, required: false, new JsonObject { ["type"] = "ranking", ["options"] = Options(names) })] : (JsonObject[])[],
                Question(Strength, required: false, new JsonObject
                {
                    ["type"] = "rating",
                    ["options"] = new JsonArray([.. Enumerable.Range(1, Votes.Vote.MostStrength).Select(value => new JsonObject { ["value"] = value })]),
                }),
                Question(Comment, required: false, new JsonObject { ["type"] = "text", ["use_markdown"] = false }),
            ]),
            ["metadata"] = new JsonArray(),
            ["vectors"] = new JsonArray(),
            ["allow_extra_metadata"] = true,
            ["distribution"] = new JsonObject { ["strategy"] = "overlap", ["min_submitted"] = overlap },
        };
    }

    private static JsonArray Options(IEnumerable<string> names) => [.. names.Select(name => new JsonObject { ["value"] = name, ["text"] = name.Replace('_', ' ') })];

    private static JsonObject Field(string name, bool required) => new()
    {
        ["name"] = name,
        ["title"] = name.Replace('_', ' '),
        ["required"] = required,
        ["settings"] = new JsonObject { ["type"] = "text", ["use_markdown"] = false },
    };

    private static JsonObject Question(string name, bool required, JsonObject settings) => new()
    {
        ["name"] = name,
        ["title"] = name,
        ["required"] = required,
        ["settings"] = settings,
    };
}
