using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Labeling.Formats;

/// <summary>Takes values out of other tools' JSON, where anything may be missing.</summary>
internal static class JsonRead
{
    /// <summary>An object under a key; null when there is none.</summary>
    public static JsonObject? Map(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonObject;

    /// <summary>The items of a list under a key; none when there is no list.</summary>
    public static IEnumerable<JsonNode?> List(this JsonNode? node, string key) => (node as JsonObject)?[key] as JsonArray ?? [];

    /// <summary>Text under a key; a number or flag as its text; null otherwise.</summary>
    public static string? Text(this JsonNode? node, string key) => (node as JsonObject)?[key] is JsonValue value ? Text(value) : null;

    /// <summary>Text, or a number or flag as its text.</summary>
    public static string? Text(this JsonNode? node) => node is JsonValue value
        ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()
        : null;

    /// <summary>A number under a key; null otherwise.</summary>
    public static double? Number(this JsonNode? node, string key) =>
        (node as JsonObject)?[key] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is var number && double.IsFinite(number) ? number : null;

    /// <summary>Whether a key holds true.</summary>
    public static bool Flag(this JsonNode? node, string key) => (node as JsonObject)?[key]?.GetValueKind() == JsonValueKind.True;

    /// <summary>A moment under a key, in UTC; null otherwise.</summary>
    public static DateTimeOffset? Time(this JsonNode? node, string key) => Time(node.Text(key));

    /// <summary>A moment, in UTC; null when the text is none.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>Answers under keys that end with numbers or letters in order, such as answer1, answer2.</summary>
    public static IReadOnlyList<string>? Answers(this JsonNode? node, Func<int, string> key)
    {
        List<string> answers = [];
        while (answers.Count < Tasks.LabelTask.MostCandidates && node.Text(key(answers.Count)) is { } answer)
        {
            answers.Add(answer);
        }

        return answers.Count >= 2 ? answers : null;
    }
}
