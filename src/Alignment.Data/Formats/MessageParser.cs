using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>A JSON list of messages to checked messages.</summary>
public static class MessageParser
{
    /// <summary>Parses a list and checks that nothing in it is empty.</summary>
    /// <param name="list">The list.</param>
    /// <param name="column">The column that it stands in, for messages of errors.</param>
    /// <param name="id">The row, <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">The list or a message is empty, or an item is no message.</exception>
    public static IReadOnlyList<Message> Parse(JsonArray list, string column, string id)
    {
        var messages = Read(list, column, id);
        CheckFilled(messages, column, id);
        return messages;
    }

    /// <summary>Parses a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="column">The column that it stands in, for messages of errors.</param>
    /// <param name="id">The row, <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">An item is no message.</exception>
    public static IReadOnlyList<Message> Read(JsonArray list, string column, string id) =>
        [.. list.Select((item, i) => Parse(item, $"message {i + 1} of '{column}'", id))];

    /// <summary>Checks that there is a message and that each but the system's says something.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="column">The column that it stands in, for messages of errors.</param>
    /// <param name="id">The row, <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">The list or a message is empty.</exception>
    public static void CheckFilled(IReadOnlyList<Message> messages, string column, string id)
    {
        if (messages.Count == 0)
        {
            throw new DataFormatException(id, $"column '{column}' is an empty list", "give at least one message or leave the row out");
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is { NeedsOwnTemplate: false } message && message.Role != Message.System && string.IsNullOrWhiteSpace(message.Content))
            {
                throw new DataFormatException(id, $"message {i + 1} of '{column}' (by the {message.Role}) is empty", "give it text or set on_error: skip");
            }
        }
    }

    /// <summary>
    /// Checks the order of a conversation: system first or nowhere, a tool after the assistant. Whether the assistant may begin the template says,
    /// as in TRL: many real conversations (ShareGPT) do.
    /// </summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="column">The column that it stands in, for messages of errors.</param>
    /// <param name="id">The row, <c>file:line</c>.</param>
    /// <exception cref="DataFormatException">A message stands where it may not.</exception>
    public static void CheckOrder(IReadOnlyList<Message> messages, string column, string id)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var problem = messages[i].Role switch
            {
                Message.System when i > 0 => "is by the system; a system message may only stand first",
                Message.Tool when i == 0 || messages[i - 1].Role is not (Message.Assistant or Message.Tool) => "is by a tool that no assistant message called; it must follow the assistant",
                _ => null,
            };
            if (problem is not null)
            {
                throw new DataFormatException(id, $"message {i + 1} of '{column}' {problem}", "reorder the messages or set on_error: skip");
            }
        }
    }

    private static Message Parse(JsonNode? item, string where, string id)
    {
        if (item is not JsonObject map)
        {
            throw new DataFormatException(id, $"{where} is {JsonObjects.Describe(item)}", "a message is {\"role\": \"user\", \"content\": \"...\"}");
        }

        var role = Text(map, "role", where, id);
        var (content, isText) = ContentOf(map, where, id);
        if (role is not (Message.System or Message.User or Message.Assistant or Message.Tool))
        {
            throw new DataFormatException(id, $"{where} has the unknown role '{role}'", "use system, user, assistant or tool");
        }

        var calls = map["tool_calls"] is JsonArray { Count: > 0 };
        return map.Count == 2 && map["content"] is JsonValue
            ? new Message(role, content)
            : new Message(role, content) { Json = map.ToJsonString(), NeedsOwnTemplate = calls || !isText };
    }

    /// <summary>The text of a message, of parts that of the text parts; and whether that is all there is.</summary>
    private static (string Text, bool IsAll) ContentOf(JsonObject map, string where, string id)
    {
        if (map["content"] is not JsonArray parts)
        {
            return map["content"] is null && map["tool_calls"] is JsonArray { Count: > 0 } ? ("", true) : (Text(map, "content", where, id), true);
        }

        var texts = parts.Select(part => part is JsonObject { } given && given["type"]?.ToString() == "text" && given["text"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null).ToList();
        return (string.Concat(texts), parts.Count > 0 && texts.All(text => text is not null));
    }

    private static string Text(JsonObject map, string key, string where, string id)
    {
        if (map[key] is JsonValue value && value.TryGetValue<string>(out var text))
        {
            return text;
        }

        var problem = map.ContainsKey(key) ? $"has {JsonObjects.Describe(map[key])} as '{key}'" : $"has no '{key}' (keys: {string.Join(", ", map.Select(p => p.Key))})";
        throw new DataFormatException(id, $"{where} {problem}", "a message is {\"role\": \"user\", \"content\": \"...\"}, both text");
    }
}
