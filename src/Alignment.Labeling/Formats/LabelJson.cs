using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alignment.Data;

namespace Alignment.Labeling.Formats;

/// <summary>Tasks, votes and results as JSON: keys in snake_case, nulls left out, unknown keys refused.</summary>
public static class LabelJson
{
    /// <summary>One value on one line.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false);

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>A value as one line of JSON, without its end.</summary>
    /// <typeparam name="T">A task, a vote or another record.</typeparam>
    /// <param name="value">The value.</param>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Line);

    /// <summary>Reads one value.</summary>
    /// <typeparam name="T">A task, a vote or another record.</typeparam>
    /// <param name="json">The text.</param>
    /// <param name="where">What an error calls it: <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">It is not such a value.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, string where)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Line) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw Bad(where, e);
        }
    }

    /// <summary>Reads one value.</summary>
    /// <typeparam name="T">A task, a vote or another record.</typeparam>
    /// <param name="json">The parsed text.</param>
    /// <param name="where">What an error calls it: <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">It is not such a value.</exception>
    public static T Read<T>(System.Text.Json.Nodes.JsonNode json, string where)
        where T : class
    {
        try
        {
            return json.Deserialize<T>(Line) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw Bad(where, e);
        }
    }

    private static DataFormatException Bad(string where, JsonException e)
    {
        var text = e.Message;
        var position = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var path = text.IndexOf(" Path:", StringComparison.Ordinal);
        var end = (path, position) switch { ( >= 0, _) => path, (_, >= 0) => position, _ => text.Length };
        var at = e.Path is { Length: > 1 } key ? $" at '{key}'" : "";
        return new DataFormatException(where, $"{text[..end].TrimEnd('.')}{at}", "see docs/labelling.md for the format", e);
    }

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = indented,
            Converters = { new VerdictConverter(), new ContentConverter(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
