using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Alignment.Data.Formats;

/// <summary>Bytes to a JSON object, strictly: valid UTF-8, no duplicate key, no comment, no half surrogate pair.</summary>
internal static class JsonObjects
{
    private const string FixOrSkip = "correct it or set on_error: skip";
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="record">The bytes.</param>
    /// <param name="nanAsNull">Whether NaN and Infinity, which JSON does not have but Python writes, count as null.</param>
    public static JsonObject Parse(JsonRecord record, bool nanAsNull = false)
    {
        if (record.Columns is { } columns)
        {
            return columns;
        }

        var utf8 = nanAsNull ? BareNumbers.AsNull(record.Utf8.Span) : record.Utf8.Span;
        if (!Utf8.IsValid(utf8))
        {
            throw new DataFormatException(record.Id, $"invalid UTF-8 at byte {FirstInvalid(utf8)} of the row", "save the file as UTF-8 or set on_error: skip");
        }

        try
        {
            var node = JsonNode.Parse(utf8, documentOptions: Strict);
            if (utf8.IndexOf("\\ud"u8) >= 0 || utf8.IndexOf("\\uD"u8) >= 0)
            {
                TouchStrings(node);
            }

            return node as JsonObject
                ?? throw new DataFormatException(record.Id, $"the row is {Describe(node)}", "each row must be a JSON object such as {\"prompt\": \"...\", \"completion\": \"...\"}");
        }
        catch (JsonException e)
        {
            var isNumber = e.Message.StartsWith("'N' ", StringComparison.Ordinal) || e.Message.StartsWith("'I' ", StringComparison.Ordinal);
            throw new DataFormatException(record.Id, $"malformed JSON ({WithoutPosition(e)})", isNumber ? "JSON has no NaN and no Infinity: write null, which alignment data convert --nan-as-null does" : FixOrSkip, e);
        }
        catch (InvalidOperationException e)
        {
            throw new DataFormatException(record.Id, "a string holds half of a \\uD800-\\uDFFF surrogate pair", FixOrSkip, e);
        }
    }

    /// <summary>"text", "a number", ... as an error message calls the value.</summary>
    public static string Describe(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; ;)
        {
            if (Rune.DecodeFromUtf8(utf8[at..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return at + 1;
            }

            at += length;
        }
    }

    private static string WithoutPosition(JsonException e)
    {
        var text = e.Message;
        var position = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var at = e.BytePositionInLine is { } column ? $"at byte {column + 1}: " : "";
        return at + (position < 0 ? text : text[..position]).TrimEnd('.');
    }

    private static void TouchStrings(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                {
                    TouchStrings(value);
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    TouchStrings(value);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }
}
