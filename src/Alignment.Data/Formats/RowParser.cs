using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>The columns of one row to a checked <see cref="DataRow"/>. Every problem is a <see cref="DataFormatException"/> that begins with the row's id.</summary>
internal static class RowParser
{
    public static DataRow Parse(JsonObject columns, string id, RowTypes accepted) => RowShape.Of(columns, accepted, id) switch
    {
        RowTypes.Text => new TextRow(Text(columns, id)) { Id = id, Columns = columns },
        RowTypes.Messages => new MessagesRow(Messages(columns, id)) { Id = id, Columns = columns, Variables = TemplateColumns.Of(columns, id) },
        RowTypes.PromptCompletion => PromptCompletion(columns, id),
        RowTypes.Preference => PreferenceParser.Parse(columns, id),
        _ => new PromptRow(Prompt(columns, id)) { Id = id, Columns = columns },
    };

    /// <summary>A prompt: text that is not blank, or messages that end with the user's or a tool's.</summary>
    public static Content Prompt(JsonObject columns, string id)
    {
        var prompt = Content(columns, "prompt", id);
        CheckPrompt(prompt, id);
        return prompt;
    }

    public static void CheckPrompt(Content prompt, string id)
    {
        if (prompt is ChatContent { Messages: var messages })
        {
            MessageParser.CheckOrder(messages, "prompt", id);
            if (messages[^1].Role is not (Message.User or Message.Tool))
            {
                throw new DataFormatException(id, $"the prompt ends with a message by the {messages[^1].Role}", "end it with the user's message and put the answer into its own column");
            }
        }
    }

    /// <summary>A column that holds text or messages.</summary>
    public static Content Content(JsonObject columns, string column, string id)
    {
        var node = columns[column];
        if (node is JsonArray list)
        {
            return new ChatContent(MessageParser.Parse(list, column, id)) { Variables = TemplateColumns.Of(columns, id) };
        }

        if (node?.GetValueKind() != JsonValueKind.String)
        {
            throw new DataFormatException(id, $"column '{column}' is {JsonObjects.Describe(node)}", "it must be text or a list of messages");
        }

        var text = node.GetValue<string>();
        return string.IsNullOrWhiteSpace(text)
            ? throw new DataFormatException(id, $"column '{column}' is empty", "give it text or set on_error: skip")
            : text;
    }

    private static string Text(JsonObject columns, string id) => Content(columns, "text", id) is PlainContent { Text: var text }
        ? text
        : throw new DataFormatException(id, "column 'text' is a list", "it must be text; lists of messages belong into 'messages'");

    private static IReadOnlyList<Message> Messages(JsonObject columns, string id)
    {
        if (Content(columns, "messages", id) is not ChatContent { Messages: var messages })
        {
            throw new DataFormatException(id, "column 'messages' is text", "it must be a list of {\"role\", \"content\"}; text belongs into 'text'");
        }

        MessageParser.CheckOrder(messages, "messages", id);
        return messages.Any(m => m.Role == Message.Assistant)
            ? messages
            : throw new DataFormatException(id, "'messages' has no assistant message, so there is nothing to learn", "add the answer or set on_error: skip");
    }

    private static PromptCompletionRow PromptCompletion(JsonObject columns, string id)
    {
        var prompt = Prompt(columns, id);
        var completion = Content(columns, "completion", id);
        if (prompt.GetType() != completion.GetType())
        {
            throw new DataFormatException(id, "one of 'prompt' and 'completion' is text and the other is a list of messages", "make both the same");
        }

        if (prompt is ChatContent asked && completion is ChatContent answered)
        {
            MessageParser.CheckOrder([.. asked.Messages, .. answered.Messages], "prompt and completion", id);
            if (answered.Messages[0].Role != Message.Assistant || answered.Messages[^1].Role != Message.Assistant)
            {
                throw new DataFormatException(id, "'completion' does not begin and end with an assistant message", "put what comes before the answer into 'prompt'");
            }
        }

        return new PromptCompletionRow(prompt, completion) { Id = id, Columns = columns };
    }
}
