using System.Text;
using Alignment.Data.Audit;
using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>
/// Hashes of what keeps a row together with others: what it is asked first, without regard to capital letters and white space, in whatever form (a text, messages, a
/// transcript of <c>Human:</c> and <c>Assistant:</c>), and the group that it declares.
/// </summary>
internal static class PromptKeys
{
    private const string HumanTag = "Human:";
    private const string AssistantTag = "\n\nAssistant:";
    private const string Messages = "messages ";

    /// <summary>The keys of a row; the first is its prompt's.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">Another column that counts like a group.</param>
    public static IEnumerable<ulong> Of(DataRow row, string? column)
    {
        yield return Words.TextHash(Normal(Asked(row)));
        foreach (var name in column is null ? (string[])[RowMeta.Group] : [RowMeta.Group, column])
        {
            if (RowMeta.Text(row, name) is { Length: > 0 } value)
            {
                yield return Words.Mix(Words.TextHash(value) + Words.TextHash(name));
            }
        }
    }

    private static string Asked(DataRow row) => row switch
    {
        TextRow text => text.Text,
        MessagesRow chat => Asked(chat.Messages),
        PromptCompletionRow both => Asked(both.Prompt),
        PreferenceRow pair => Asked(pair.Prompt),
        UnpairedRow one => Asked(one.Prompt),
        StepwiseRow steps => Asked(steps.Prompt),
        RankedRow ranked => Asked(ranked.Prompt),
        _ => Asked(((PromptRow)row).Prompt),
    };

    private static string Asked(Content prompt)
    {
        if (prompt is ChatContent chat)
        {
            return Asked(chat.Messages);
        }

        var text = ((PlainContent)prompt).Text;
        var end = text.IndexOf(AssistantTag, StringComparison.Ordinal);
        if (end < 0)
        {
            return text;
        }

        var first = text.AsSpan(0, end).Trim();
        return (first.StartsWith(HumanTag) ? first[HumanTag.Length..] : first).ToString();
    }

    /// <summary>What stands before the first answer. Conversations that begin with an answer are themselves whole.</summary>
    private static string Asked(IReadOnlyList<Message> messages)
    {
        var asked = string.Join('\n', messages.TakeWhile(message => message.Role != Message.Assistant).Select(message => message.Content));
        return asked.Length > 0 ? asked : Messages + string.Join('\n', messages.Select(message => message.Content));
    }

    private static string Normal(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                normal.Append(char.ToLowerInvariant(c));
            }
            else if (normal.Length > 0 && normal[^1] != ' ')
            {
                normal.Append(' ');
            }
        }

        return normal.ToString().TrimEnd();
    }
}
