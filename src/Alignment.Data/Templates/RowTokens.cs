using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Rows to ids. The one place that adds BOS, EOS and the template's tokens.</summary>
internal sealed class RowTokens(TextTokenizer tokenizer, ChatTemplate template, bool addBos)
{
    private readonly int[] _bos = !addBos ? [] : [tokenizer.BosId ?? throw new InvalidDataException("add_bos is set, but the tokenizer has no BOS token; remove the option.")];

    /// <summary>Leading tokens that truncation must keep: BOS.</summary>
    public int Head => _bos.Length;

    /// <summary>The least that a prompt may be cut down to.</summary>
    public int LeastPrompt { get; } = (addBos ? 1 : 0) + Math.Max(1, template.GenerationPrompt(tokenizer).Length);

    /// <summary>Text and its EOS.</summary>
    public int[] Text(string text) => [.. _bos, .. tokenizer.Encode(text), tokenizer.EosId];

    /// <summary>A whole conversation.</summary>
    public RenderedChat Chat(IReadOnlyList<Message> messages, string id)
    {
        RefuseMessages(id);
        return WithBos(template.Render(tokenizer, messages, generationPrompt: false));
    }

    /// <summary>A prompt, up to where the response begins.</summary>
    public int[] Prompt(Content prompt, string id)
    {
        if (prompt is PlainContent { Text: var text } && !template.RendersMessages)
        {
            return NotEmpty(tokenizer.Encode(text), "the prompt", id, _bos);
        }

        return WithBos(template.Render(tokenizer, Messages(prompt, Message.User, id), generationPrompt: true)).Ids;
    }

    /// <summary>
    /// What follows the prompt's ids, its EOS included, and the spans in it that are the assistant's. Where a template renders both,
    /// the prompt must be an exact prefix of the whole.
    /// </summary>
    public RenderedChat Response(int[] promptIds, Content prompt, Content response, string id)
    {
        if (prompt is PlainContent && response is PlainContent { Text: var text } && !template.RendersMessages)
        {
            int[] ids = [.. NotEmpty(tokenizer.Encode(text), "the response", id), tokenizer.EosId];
            return new RenderedChat(ids, [new TokenSpan(0, ids.Length)]);
        }

        var asked = Messages(prompt, Message.User, id);
        var whole = Chat([.. asked, .. Messages(response, Message.Assistant, id)], id);
        var same = whole.Ids.AsSpan().CommonPrefixLength(promptIds);
        if (same < promptIds.Length)
        {
            throw new DataFormatException(id, $"the {template.Name} template renders the prompt differently once the response follows (token {same + 1} of {promptIds.Length})",
                "use a template that leaves earlier messages as they are");
        }

        var spans = whole.AssistantSpans.Where(s => s.Start >= promptIds.Length).Select(s => new TokenSpan(s.Start - promptIds.Length, s.End - promptIds.Length));
        return new RenderedChat(whole.Ids[promptIds.Length..], [.. spans]);
    }

    private static int[] NotEmpty(int[] ids, string what, string id, int[]? before = null) => ids.Length > 0
        ? [.. before ?? [], .. ids]
        : throw new DataFormatException(id, $"{what} has no tokens", "the tokenizer leaves its text out: give it other text or set on_error: skip");

    private RenderedChat WithBos(RenderedChat chat) => Head == 0
        ? chat
        : new RenderedChat([.. _bos, .. chat.Ids], [.. chat.AssistantSpans.Select(s => new TokenSpan(s.Start + Head, s.End + Head))]);

    private IReadOnlyList<Message> Messages(Content content, string role, string id)
    {
        if (content is ChatContent { Messages: var messages })
        {
            RefuseMessages(id);
            return messages;
        }

        return [new Message(role, ((PlainContent)content).Text)];
    }

    private void RefuseMessages(string id)
    {
        if (!template.RendersMessages)
        {
            throw new DataFormatException(id, $"the row holds messages, which the template '{template.Name}' cannot render", "set template: chatml");
        }
    }
}
