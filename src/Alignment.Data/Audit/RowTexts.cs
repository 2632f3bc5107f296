using Alignment.Data.Rows;

namespace Alignment.Data.Audit;

/// <summary>A row's texts, whatever its type.</summary>
/// <param name="Prompt">What is answered; empty where there is none.</param>
/// <param name="Responses">The answers; of a pair the chosen one first.</param>
/// <param name="IsPair">Whether the two responses are a better and a worse one.</param>
internal readonly record struct RowTexts(string Prompt, IReadOnlyList<string> Responses, bool IsPair)
{
    /// <summary>Takes them out of a row.</summary>
    public static RowTexts Of(DataRow row) => row switch
    {
        TextRow text => new("", [text.Text], false),
        MessagesRow chat => OfMessages(chat.Messages),
        PromptRow one => new(Text(one.Prompt), [], false),
        PromptCompletionRow both => new(Text(both.Prompt), [Text(both.Completion)], false),
        UnpairedRow one => new(Text(one.Prompt), [Text(one.Completion)], false),
        PreferenceRow pair => new(Text(pair.Prompt), [Text(pair.Chosen), Text(pair.Rejected)], true),
        RankedRow ranked => new(Text(ranked.Prompt), [.. ranked.Responses.Select(response => Text(response.Content))], false),
        StepwiseRow steps => new(Text(steps.Prompt), [string.Join('\n', steps.Steps.Select(Text))], false),
        _ => throw new NotSupportedException($"rows of {row.GetType().Name} have no texts"),
    };

    private static RowTexts OfMessages(IReadOnlyList<Message> messages)
    {
        var answers = messages.Count > 0 && messages[^1].Role == Message.Assistant ? 1 : 0;
        return new(Text(messages.Take(messages.Count - answers)), [.. messages.TakeLast(answers).Select(message => message.Content)], false);
    }

    private static string Text(Content content) => content is ChatContent chat ? Text(chat.Messages) : content.ToString()!;

    private static string Text(IEnumerable<Message> messages) => string.Join('\n', messages.Select(message => message.Content));
}
