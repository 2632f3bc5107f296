using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>One usable row of a task.</summary>
/// <param name="Id">Where it stands.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Answers">Right answers in words, at least one, none blank.</param>
/// <param name="Options">The row's own options; null where the task has them, or none.</param>
/// <param name="Rationale">Reasons for the answer; null where there are none.</param>
internal sealed record TaskRow(string Id, JsonObject Columns, IReadOnlyList<string> Answers, IReadOnlyList<string>? Options, string? Rationale)
{
    /// <summary>Whether a template finds all its columns, and reasons where it wants them.</summary>
    public bool Fits(TaskTemplate template) => (Rationale is not null || !template.NeedsRationale) && template.Columns.All(column => Find(Columns, column) is not null);

    /// <summary>A column, or a value inside of one (<c>turns.0</c>), as text; null where there is none.</summary>
    public string? Text(string name) => Find(Columns, name) switch
    {
        null => null,
        JsonArray list => string.Join(", ", list.Select(Word)),
        JsonObject map => map.ToJsonString(JsonOutput.Options),
        var value => Word(value),
    };

    /// <summary>A value as a word: texts as they stand, numbers and flags as JSON writes them.</summary>
    public static string Word(JsonNode? node) => node switch
    {
        null => "",
        _ when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(JsonOutput.Options),
    };

    /// <summary>A column, or a value inside of one.</summary>
    public static JsonNode? Find(JsonObject columns, string name)
    {
        if (columns.TryGetPropertyValue(name, out var whole) || !name.Contains('.', StringComparison.Ordinal))
        {
            return whole;
        }

        JsonNode? node = columns;
        foreach (var step in name.Split('.'))
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }
}
