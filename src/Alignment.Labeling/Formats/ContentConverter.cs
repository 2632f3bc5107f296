using System.Text.Json;
using System.Text.Json.Serialization;
using Alignment.Data.Rows;

namespace Alignment.Labeling.Formats;

/// <summary>A prompt as JSON: text, or a list of <c>{"role", "content"}</c>.</summary>
internal sealed class ContentConverter : JsonConverter<Content>
{
    private static readonly string[] Roles = [Message.System, Message.User, Message.Assistant, Message.Tool];

    public override Content Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return string.IsNullOrWhiteSpace(text) ? throw new JsonException("the prompt is empty") : text;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a prompt is text or a list of {\"role\", \"content\"}");
        }

        var messages = JsonSerializer.Deserialize<Message[]>(ref reader, options)!;
        if (messages.Length == 0 || messages.FirstOrDefault(message => message is null || !Roles.Contains(message.Role)) is { Role: _ })
        {
            throw new JsonException($"a prompt needs messages, each by {string.Join(", ", Roles)}");
        }

        return messages;
    }

    public override void Write(Utf8JsonWriter writer, Content value, JsonSerializerOptions options)
    {
        if (value is ChatContent chat)
        {
            JsonSerializer.Serialize(writer, chat.Messages, options);
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
