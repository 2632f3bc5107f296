using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Alignment.Data;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Labeling.Formats;

/// <summary>A prompt as JSON: text, or a list of <c>{"role", "content"}</c>.</summary>
internal sealed class ContentConverter : JsonConverter<Content>
{
    public override Content Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return string.IsNullOrWhiteSpace(text) ? throw new JsonException("the prompt is empty") : text;
        }

        if (JsonNode.Parse(ref reader) is not JsonArray list)
        {
            throw new JsonException("a prompt is text or a list of {\"role\", \"content\"}");
        }

        try
        {
            return new ChatContent(MessageParser.Parse(list, "prompt", "the prompt"));
        }
        catch (DataFormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Content value, JsonSerializerOptions options)
    {
        if (value is ChatContent chat)
        {
            writer.WriteStartArray();
            foreach (var message in chat.Messages)
            {
                Write(writer, message);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }

    // What a message holds besides role and text (tool calls, parts, a name) goes along as it came.
    private static void Write(Utf8JsonWriter writer, Message message)
    {
        if (message.Json is { } whole)
        {
            writer.WriteRawValue(whole);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role", message.Role);
        writer.WriteString("content", message.Content);
        writer.WriteEndObject();
    }
}
