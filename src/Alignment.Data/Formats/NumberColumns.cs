using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>Columns of numbers: one list, or a batch of lists. Every problem is a <see cref="DataFormatException"/> that begins with the row's id.</summary>
internal sealed class NumberColumns(JsonObject columns, string id)
{
    /// <summary>A list of whole numbers, or a list of such lists.</summary>
    public (int[][] Lists, bool IsBatch) Sequences(string column)
    {
        if (columns[column] is not JsonArray { Count: > 0 } list)
        {
            throw Wrong(column, columns[column] is JsonArray ? "is an empty list" : $"is {JsonObjects.Describe(columns[column])}");
        }

        return list[0] is JsonArray ? ([.. list.Select(item => List(column, item))], true) : ([List(column, list)], false);
    }

    /// <summary>A column with a number for each token; null where it is missing.</summary>
    public int[][]? Like(string column, IReadOnlyList<int[]> ids, bool isBatch)
    {
        if (columns[column] is null)
        {
            return null;
        }

        var (lists, listsAreBatch) = Sequences(column);
        var same = listsAreBatch == isBatch && lists.Length == ids.Count && lists.Zip(ids).All(pair => pair.First.Length == pair.Second.Length);
        return same ? lists : throw new DataFormatException(id, $"'{column}' has another shape than 'input_ids'", "give one number for each token");
    }

    /// <summary>One label for each sequence: a number, or <paramref name="size"/> of them.</summary>
    public double[][] ClassLabels(string column, int sequences, bool isBatch, int size)
    {
        var node = columns[column];
        JsonNode?[] nodes = isBatch && node is JsonArray list ? [.. list] : [node];
        if (nodes.Length != sequences)
        {
            throw Wrong(column, $"holds {nodes.Length} labels for {sequences} sequences");
        }

        return [.. nodes.Select(label =>
        {
            JsonNode?[] values = label is JsonArray parts ? [.. parts] : [label];
            return values.Length == size
                ? values.Select(value => Real(column, value)).ToArray()
                : throw Wrong(column, $"has a label of {values.Length} numbers where the model takes {size}");
        })];
    }

    private int[] List(string column, JsonNode? node) => node is JsonArray list
        ? [.. list.Select(item => Whole(column, item))]
        : throw Wrong(column, $"holds {JsonObjects.Describe(node)} where a list is expected");

    private int Whole(string column, JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? 1 : 0,
        _ => throw Wrong(column, $"holds {(node?.GetValueKind() == JsonValueKind.Number ? node.ToJsonString() : JsonObjects.Describe(node))} where a whole number is expected"),
    };

    private double Real(string column, JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number)
        ? number
        : throw Wrong(column, $"holds {JsonObjects.Describe(node)} where a number is expected");

    private DataFormatException Wrong(string column, string what) => new(id, $"'{column}' {what}", "give a list of whole numbers, or a batch of such lists");
}
