using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Rewards;

/// <summary>Reads the columns that rewards need, with errors that name the row, the column and the reward.</summary>
internal static class RowColumns
{
    /// <summary>The column's string or number, or its list of them; at least one, none empty.</summary>
    /// <exception cref="DataFormatException">Missing, empty or of another type.</exception>
    public static IReadOnlyList<string> Strings(JsonObject columns, string column, string? rowId, string reward)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (!columns.TryGetPropertyValue(column, out JsonNode? node) && (node = Find(columns, column)) is null)
        {
            string present = columns.Count == 0 ? "none" : string.Join(", ", columns.Select(pair => pair.Key));
            throw Wrong(rowId, column, reward, $"is missing (columns: {present})");
        }

        string[] texts = node is JsonArray list
            ? [.. list.Select(item => Text(item, rowId, column, reward))]
            : [Text(node, rowId, column, reward)];
        return texts.Length > 0 ? texts : throw Wrong(rowId, column, reward, "is an empty list");
    }

    /// <summary>A column, or what a conversion kept of it in <c>meta</c>; null where there is neither.</summary>
    public static JsonNode? Find(JsonObject columns, string column) => columns[column] ?? (columns[RowMeta.Column] as JsonObject)?[column];

    /// <summary>The row's id in a message.</summary>
    public static string Row(string? rowId) => rowId ?? "a row without id";

    private static string Text(JsonNode? node, string? rowId, string column, string reward)
    {
        string? text = node?.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.ToJsonString(),
            _ => null,
        };
        if (text is null)
        {
            throw Wrong(rowId, column, reward, $"has {Shown(node)} where a string or a number is needed");
        }

        return string.IsNullOrWhiteSpace(text) ? throw Wrong(rowId, column, reward, "has an empty string") : text;
    }

    private static string Shown(JsonNode? node)
    {
        string json = node?.ToJsonString() ?? "null";
        return json.Length <= 60 ? json : json[..57] + "...";
    }

    private static DataFormatException Wrong(string? rowId, string column, string reward, string what) =>
        new(Row(rowId), $"column '{column}' {what}", $"the reward '{reward}' needs it to be a string, a number or a list of them");
}
