using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>What training asks of a row. Every problem is a <see cref="DataFormatException"/> that begins with the row's id.</summary>
internal static class RowRules
{
    private const string OnePair = "a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip";

    /// <summary>Checks a row.</summary>
    /// <returns>The row.</returns>
    public static T Check<T>(T row)
        where T : DataRow
    {
        switch (row)
        {
            case TextRow text:
                CheckFilled(text.Text, "text", row.Id);
                break;
            case MessagesRow { Messages: var messages }:
                MessageParser.CheckFilled(messages, "messages", row.Id);
                MessageParser.CheckOrder(messages, "messages", row.Id);
                if (!messages.Any(m => m.Role == Message.Assistant))
                {
                    throw new DataFormatException(row.Id, "'messages' has no assistant message, so there is nothing to learn", "add the answer or set on_error: skip");
                }

                break;
            case PromptCompletionRow pair:
                CheckCompletion(pair.Prompt, pair.Completion, row.Id);
                break;
            case UnpairedRow one:
                CheckCompletion(one.Prompt, one.Completion, row.Id);
                break;
            case PreferenceRow pair:
                CheckPair(pair);
                break;
            case RankedRow ranked:
                foreach (var response in ranked.Responses)
                {
                    CheckCompletion(ranked.Prompt, response.Content, row.Id);
                }

                break;
            case PromptRow { Prompt: var prompt }:
                CheckPrompt(prompt, row.Id);
                break;
        }

        return row;
    }

    /// <summary>Nothing may be blank.</summary>
    public static void CheckFilled(Content content, string column, string id)
    {
        if (content is ChatContent chat)
        {
            MessageParser.CheckFilled(chat.Messages, column, id);
        }
        else if (string.IsNullOrWhiteSpace(((PlainContent)content).Text))
        {
            throw new DataFormatException(id, $"column '{column}' is empty", "give it text or set on_error: skip");
        }
    }

    private static void CheckPrompt(Content prompt, string id)
    {
        CheckFilled(prompt, "prompt", id);
        if (prompt is ChatContent { Messages: var messages })
        {
            MessageParser.CheckOrder(messages, "prompt", id);
            if (messages[^1].Role is not (Message.User or Message.Tool))
            {
                throw new DataFormatException(id, $"the prompt ends with a message by the {messages[^1].Role}", "end it with the user's message and put the answer into its own column");
            }
        }
    }

    private static void CheckCompletion(Content prompt, Content completion, string id)
    {
        CheckPrompt(prompt, id);
        CheckFilled(completion, "completion", id);
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
    }

    private static void CheckPair(PreferenceRow pair)
    {
        var id = pair.Id;
        if (pair.Chosen == pair.Rejected)
        {
            throw new DataFormatException(id, "'chosen' and 'rejected' are equal", "a pair needs two different responses: remove the row or set on_error: skip");
        }

        var isImplicit = pair.Columns["prompt"] is null && pair.Columns["chosen"] is not null;
        if (isImplicit)
        {
            CheckShared(pair);
        }
        else
        {
            CheckFilled(pair.Prompt, "prompt", id);
            CheckFilled(pair.Chosen, "chosen", id);
            CheckFilled(pair.Rejected, "rejected", id);
        }

        if (pair.Prompt.GetType() != pair.Chosen.GetType() || pair.Prompt.GetType() != pair.Rejected.GetType())
        {
            throw new DataFormatException(id, "'prompt', 'chosen' and 'rejected' are partly text and partly lists of messages", "make all three the same");
        }

        CheckPrompt(pair.Prompt, id);
        CheckResponse(pair.Chosen, "chosen", id);
        CheckResponse(pair.Rejected, "rejected", id);
    }

    private static void CheckShared(PreferenceRow pair)
    {
        switch (pair.Prompt)
        {
            case ChatContent { Messages.Count: 0 }:
                throw new DataFormatException(pair.Id, "'chosen' and 'rejected' do not begin with the same message", "add a 'prompt' column or begin both sides with the prompt's messages");
            case PlainContent when PromptSplit.GoesOn(pair.Chosen) || PromptSplit.GoesOn(pair.Rejected):
                throw new DataFormatException(pair.Id, "the transcripts of 'chosen' and 'rejected' differ before their last answer", "a pair must share the whole dialogue up to the last answer: add a 'prompt' column or set on_error: skip");
            case PlainContent { Text: var text } when string.IsNullOrWhiteSpace(text):
                throw new DataFormatException(pair.Id, "'chosen' and 'rejected' share no first words, so there is no prompt", "add a 'prompt' column");
        }
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
            throw new DataFormatException(id, problem, OnePair);
        }

        CheckFilled(response, column, id);
    }
}
