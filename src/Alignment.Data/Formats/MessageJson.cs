using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Messages as JSON, as they were read: parts, calls of tools and other keys included.</summary>
internal static class MessageJson
{
    /// <summary>Text, or a list of messages.</summary>
    public static JsonNode Of(Content content) => content is ChatContent chat ? Of(chat.Messages) : JsonValue.Create(((PlainContent)content).Text);

    /// <summary>A list of messages.</summary>
    public static JsonArray Of(IEnumerable<Message> messages) => [.. messages.Select(Of)];

    /// <summary>One message.</summary>
    public static JsonObject Of(Message message) => message.Json is { } json
        ? JsonNode.Parse(json)!.AsObject()
        : new JsonObject { ["role"] = message.Role, ["content"] = message.Content };

    /// <summary>What a row gives its template (<c>tools</c>, <c>documents</c>, others in <c>chat_template_kwargs</c>), as columns.</summary>
    public static void AddVariables(JsonObject row, string? variables)
    {
        if (variables is null)
        {
            return;
        }

        var others = new JsonObject();
        foreach (var (name, value) in JsonNode.Parse(variables)!.AsObject())
        {
            (TemplateColumns.Lists.Contains(name) ? row : others)[name] = value?.DeepClone();
        }

        if (others.Count > 0)
        {
            row[TemplateColumns.KeywordColumn] = others;
        }
    }
}
