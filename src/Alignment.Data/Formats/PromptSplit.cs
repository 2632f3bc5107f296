using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>
/// Finds the prompt of a pair that has none of its own: the part that both sides begin with. Lists are cut between messages.
/// Text is cut at the last <c>\n\nAssistant:</c> of the shared part (the HH-RLHF transcripts), else before the last white space of it,
/// which then begins the response as in TRL. TRL's cut may also fall inside of a word; this one never does.
/// </summary>
internal static class PromptSplit
{
    private const string AssistantTag = "\n\nAssistant:";
    private const string HumanTag = "\n\nHuman:";

    public static (Content Prompt, Content Chosen, Content Rejected) Split(Content chosen, Content rejected, string id) => (chosen, rejected) switch
    {
        (ChatContent a, ChatContent b) => Split(a.Messages, b.Messages, id),
        (PlainContent a, PlainContent b) => Split(a.Text, b.Text, id),
        _ => throw new DataFormatException(id, "one of 'chosen' and 'rejected' is text and the other is a list of messages", "make both the same"),
    };

    /// <summary>Takes the prompt off two message lists that repeat it, as some data sets do that also have a prompt column.</summary>
    public static (Content Prompt, Content Chosen, Content Rejected)? Repeated(Content prompt, Content chosen, Content rejected)
    {
        if (chosen is not ChatContent a || rejected is not ChatContent b)
        {
            return null;
        }

        var shared = a.Messages.Zip(b.Messages).TakeWhile(p => p.First == p.Second).Count();
        var same = prompt switch
        {
            ChatContent list => list.Messages.SequenceEqual(a.Messages.Take(shared)),
            PlainContent text => shared > 0 && a.Messages[shared - 1] == new Message(Message.User, text.Text)
                && a.Messages.Take(shared - 1).All(m => m.Role == Message.System),
            _ => false,
        };
        return same && shared > 0 ? (new ChatContent([.. a.Messages.Take(shared)]), Rest(a.Messages, shared), Rest(b.Messages, shared)) : null;
    }

    private static (Content Prompt, Content Chosen, Content Rejected) Split(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected, string id)
    {
        var shared = chosen.Zip(rejected).TakeWhile(p => p.First == p.Second).Count();
        return shared == 0
            ? throw new DataFormatException(id, "'chosen' and 'rejected' do not begin with the same message", "add a 'prompt' column or begin both sides with the prompt's messages")
            : (new ChatContent([.. chosen.Take(shared)]), Rest(chosen, shared), Rest(rejected, shared));
    }

    private static (Content Prompt, Content Chosen, Content Rejected) Split(string chosen, string rejected, string id)
    {
        var shared = chosen.AsSpan().CommonPrefixLength(rejected);
        var tag = chosen.AsSpan(0, shared).LastIndexOf(AssistantTag);
        var cut = tag >= 0 ? tag + AssistantTag.Length : LastBoundary(chosen, rejected, shared);
        var (a, b) = (chosen[cut..], rejected[cut..]);
        if (a.Contains(HumanTag, StringComparison.Ordinal) || b.Contains(HumanTag, StringComparison.Ordinal))
        {
            throw new DataFormatException(id, "the transcripts of 'chosen' and 'rejected' differ before their last answer", "a pair must share the whole dialogue up to the last answer: add a 'prompt' column or set on_error: skip");
        }

        return string.IsNullOrWhiteSpace(chosen[..cut])
            ? throw new DataFormatException(id, "'chosen' and 'rejected' share no first words, so there is no prompt", "add a 'prompt' column")
            : (chosen[..cut], a, b);
    }

    /// <summary>The last place in the shared part where both sides are between words; white space goes to the response.</summary>
    private static int LastBoundary(string chosen, string rejected, int shared)
    {
        var cut = shared;
        if (cut < chosen.Length && cut < rejected.Length && char.IsWhiteSpace(chosen[cut]) && char.IsWhiteSpace(rejected[cut]))
        {
            return cut;
        }

        while (cut > 0 && !char.IsWhiteSpace(chosen[cut - 1]))
        {
            cut--;
        }

        while (cut > 0 && char.IsWhiteSpace(chosen[cut - 1]))
        {
            cut--;
        }

        return cut;
    }

    private static ChatContent Rest(IReadOnlyList<Message> messages, int shared) => new([.. messages.Skip(shared)]);
}
