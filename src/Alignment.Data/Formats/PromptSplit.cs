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
        (ChatContent a, ChatContent b) => Split(a.Messages, b.Messages),
        (PlainContent a, PlainContent b) => Split(a.Text, b.Text),
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

    /// <summary>Whether a response of a transcript holds a further turn of the human.</summary>
    public static bool GoesOn(Content response) => response is PlainContent { Text: var text } && text.Contains(HumanTag, StringComparison.Ordinal);

    /// <summary>Cuts two conversations behind the messages that both begin with. Of equal ones the last message is the response.</summary>
    public static (Content Prompt, Content Chosen, Content Rejected) Split(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        var shared = chosen.Zip(rejected).TakeWhile(p => p.First == p.Second).Count();
        shared = shared == chosen.Count && shared == rejected.Count ? Math.Max(0, shared - 1) : shared;
        return (new ChatContent([.. chosen.Take(shared)]), Rest(chosen, shared), Rest(rejected, shared));
    }

    private static (Content Prompt, Content Chosen, Content Rejected) Split(string chosen, string rejected)
    {
        var shared = chosen.AsSpan().CommonPrefixLength(rejected);
        var tag = chosen.AsSpan(0, shared).LastIndexOf(AssistantTag);
        var cut = tag >= 0 ? tag + AssistantTag.Length : LastBoundary(chosen, rejected, shared);
        return (chosen[..cut], chosen[cut..], rejected[cut..]);
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
