using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Takes typed values out of a row's columns. Every problem is a <see cref="DataFormatException"/> that begins with the row's id.</summary>
/// <param name="columns">The row, or an object inside of it.</param>
/// <param name="id">Where the row stands.</param>
internal readonly struct Cells(JsonObject columns, string id)
{
    /// <summary>Text or messages, empty ones too.</summary>
    public Content Content(string column) => columns[column] switch
    {
        JsonArray list => new ChatContent(MessageParser.Read(list, column, id)) { Variables = TemplateColumns.Of(columns, id) },
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var node => throw Wrong(column, node, "it must be text or a list of messages"),
    };

    /// <summary>Text.</summary>
    public string Text(string column) => columns[column] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong(column, columns[column], "it must be text");

    /// <summary>Text; a number or flag as its text; null where there is nothing.</summary>
    public string? Word(string column) => columns[column] switch
    {
        null => null,
        JsonValue value => value.TryGetValue<string>(out var text) ? text : value.ToJsonString(),
        var node => throw Wrong(column, node, "it must be text or a number"),
    };

    /// <summary>Messages.</summary>
    public IReadOnlyList<Message> Messages(string column) => MessageParser.Read(List(column), column, id);

    /// <summary>A list.</summary>
    public JsonArray List(string column) => columns[column] as JsonArray ?? throw Wrong(column, columns[column], "it must be a list");

    /// <summary>An object.</summary>
    public JsonObject Map(string column) => columns[column] as JsonObject ?? throw Wrong(column, columns[column], "it must be an object");

    /// <summary>A finite number; null where there is nothing. Text that is a number counts where <paramref name="textToo"/> says so.</summary>
    public double? Number(string column, bool textToo = false)
    {
        if (columns[column] is not { } node)
        {
            return null;
        }

        double number;
        if (node.GetValueKind() == JsonValueKind.Number)
        {
            number = node.GetValue<double>();
        }
        else if (!textToo || node.GetValueKind() != JsonValueKind.String
            || !double.TryParse(node.GetValue<string>(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out number))
        {
            throw new DataFormatException(id, $"'{column}' is {JsonObjects.Describe(node)}", "it must be a number");
        }

        return double.IsFinite(number) ? number : throw new DataFormatException(id, $"'{column}' is too large for a number", "give a finite number");
    }

    /// <summary>True or false; null where there is nothing.</summary>
    public bool? Flag(string column) => columns[column]?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new DataFormatException(id, $"'{column}' is {JsonObjects.Describe(columns[column])}", "it must be true or false"),
    };

    private DataFormatException Wrong(string column, JsonNode? node, string whatToDo) => columns.ContainsKey(column)
        ? new(id, $"column '{column}' is {JsonObjects.Describe(node)}", whatToDo)
        : new(id, $"there is no column '{column}'", $"the columns are: {string.Join(", ", columns.Select(pair => pair.Key))}");
}
