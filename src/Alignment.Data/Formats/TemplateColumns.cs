using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>The columns that a row gives its chat template: <c>tools</c> and <c>documents</c>, lists or their JSON as text, and <c>chat_template_kwargs</c>, an object.</summary>
internal static class TemplateColumns
{
    /// <summary>The column that is an object.</summary>
    public const string KeywordColumn = "chat_template_kwargs";

    /// <summary>The columns that are lists.</summary>
    public static readonly string[] Lists = ["tools", "documents"];

    /// <summary>All of them.</summary>
    public static readonly string[] All = [.. Lists, KeywordColumn];

    /// <summary>All of them as one JSON object; null where the row has none.</summary>
    public static string? Of(JsonObject columns, string id)
    {
        if (!columns.ContainsKey(KeywordColumn) && !Lists.Any(columns.ContainsKey))
        {
            return null;
        }

        var variables = new JsonObject();
        foreach (var (name, value) in Read(columns, KeywordColumn, id) as JsonObject ?? [])
        {
            variables[name] = value?.DeepClone();
        }

        foreach (var name in Lists)
        {
            if (Read(columns, name, id) is JsonArray { Count: > 0 } list)
            {
                variables[name] = list.DeepClone();
            }
        }

        return variables.Count == 0 ? null : variables.ToJsonString();
    }

    private static JsonNode? Read(JsonObject columns, string name, string id)
    {
        var (node, wanted) = (columns[name], name == KeywordColumn ? JsonValueKind.Object : JsonValueKind.Array);
        try
        {
            node = node?.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is { Length: > 0 } text ? JsonNode.Parse(text) : node;
        }
        catch (JsonException e)
        {
            throw new DataFormatException(id, $"'{name}' is text that is not JSON: {e.Message}", "give a list, or its JSON as text", e);
        }

        return node is null || node.GetValueKind() == wanted || (node.GetValueKind() == JsonValueKind.String && node.GetValue<string>().Length == 0)
            ? node
            : throw new DataFormatException(id, $"'{name}' is {JsonObjects.Describe(node)}", name == KeywordColumn ? "it must be an object" : "it must be a list");
    }
}
