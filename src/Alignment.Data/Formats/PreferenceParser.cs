using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>The columns of a pair to a checked <see cref="PreferenceRow"/>.</summary>
internal static class PreferenceParser
{
    public static PreferenceRow Parse(JsonObject columns, string id)
    {
        var chosen = RowParser.Content(columns, "chosen", id);
        var rejected = RowParser.Content(columns, "rejected", id);
        if (chosen == rejected)
        {
            throw new DataFormatException(id, "'chosen' and 'rejected' are equal", "a pair needs two different responses: remove the row or set on_error: skip");
        }

        (var prompt, chosen, rejected) = Parts(columns, chosen, rejected, id);
        if (prompt.GetType() != chosen.GetType() || prompt.GetType() != rejected.GetType())
        {
            throw new DataFormatException(id, "'prompt', 'chosen' and 'rejected' are partly text and partly lists of messages", "make all three the same");
        }

        prompt = prompt is ChatContent asked ? asked with { Variables = TemplateColumns.Of(columns, id) } : prompt;
        RowParser.CheckPrompt(prompt, id);
        CheckResponse(chosen, "chosen", id);
        CheckResponse(rejected, "rejected", id);
        return new PreferenceRow(prompt, chosen, rejected, Margin(columns, id), Label(columns, id)) { Id = id, Columns = columns };
    }

    private static (Content Prompt, Content Chosen, Content Rejected) Parts(JsonObject columns, Content chosen, Content rejected, string id)
    {
        if (columns["prompt"] is null)
        {
            return PromptSplit.Split(chosen, rejected, id);
        }

        var prompt = RowParser.Content(columns, "prompt", id);
        return PromptSplit.Repeated(prompt, chosen, rejected) ?? (prompt, chosen, rejected);
    }

    private static void CheckResponse(Content response, string column, string id)
    {
        var problem = response switch
        {
            PlainContent { Text: var text } when string.IsNullOrWhiteSpace(text) => $"'{column}' is empty after the prompt that both sides share",
            ChatContent { Messages.Count: 0 } => $"'{column}' ends where the other side goes on",
            ChatContent { Messages: var messages } when messages[0].Role != Message.Assistant => $"'{column}' begins with a message by the {messages[0].Role} after the prompt, not with the answer",
            ChatContent { Messages: { Count: > 1 } messages } => $"'{column}' has {messages.Count} messages after the prompt",
            _ => null,
        };
        if (problem is not null)
        {
            throw new DataFormatException(id, problem, "a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip");
        }
    }

    private static double Margin(JsonObject columns, string id) => Number(columns, "margin", id) ?? 0;

    private static double Label(JsonObject columns, string id)
    {
        var label = Number(columns, "label", id);
        if (label is < 0 or > 1)
        {
            throw new DataFormatException(id, $"'label' is {label}, outside of [0, 1]", "it is the probability that 'chosen' is the better response");
        }

        if (columns["tie"] is not { } tie)
        {
            return label ?? 1;
        }

        if (tie.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new DataFormatException(id, $"'tie' is {JsonObjects.Describe(tie)}", "it must be true or false");
        }

        if (!tie.GetValue<bool>())
        {
            return label ?? 1;
        }

        return label is null or 0.5
            ? 0.5
            : throw new DataFormatException(id, $"'tie' is true but 'label' is {label}", "a tie has the label 0.5: remove one of the two columns");
    }

    private static double? Number(JsonObject columns, string column, string id)
    {
        if (columns[column] is not { } node)
        {
            return null;
        }

        if (node.GetValueKind() != JsonValueKind.Number)
        {
            throw new DataFormatException(id, $"'{column}' is {JsonObjects.Describe(node)}", "it must be a number");
        }

        var number = node.GetValue<double>();
        return double.IsFinite(number)
            ? number
            : throw new DataFormatException(id, $"'{column}' is too large for a number", "give a finite number");
    }
}
