using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Rows to ids. The one place that adds BOS, EOS and the template's tokens.</summary>
internal sealed class RowTokens(TextTokenizer tokenizer, ChatTemplate template, bool addBos)
{
    private readonly int _generationPrompt = template.GenerationPrompt(tokenizer).Length;
    private readonly int[] _bos = !addBos ? [] : [tokenizer.BosId ?? throw new InvalidDataException("add_bos is set, but the tokenizer has no BOS token; remove the option.")];

    /// <summary>Leading tokens that truncation must keep: BOS.</summary>
    public int Head { get; } = addBos || template.WritesBos(tokenizer) ? 1 : 0;

    /// <summary>The least that a prompt may be cut down to.</summary>
    public int LeastPrompt => Head + Math.Max(1, _generationPrompt);

    /// <summary>Where the supervised part of a text begins: behind BOS.</summary>
    public int TextStart => _bos.Length;

    /// <summary>Text and its EOS.</summary>
    public int[] Text(string text) => [.. _bos, .. tokenizer.Encode(text), tokenizer.EosId];

    /// <summary>A whole conversation. Several sequences where a template writes earlier turns otherwise once more follows.</summary>
    public IReadOnlyList<RenderedChat> Chat(ChatContent chat, string id, int from = 0)
    {
        Refuse(chat.Messages, id);
        return [.. Guarded(id, () => template.Sequences(tokenizer, chat, from)).Select(WithBos)];
    }

    /// <summary>A prompt, up to where the response begins.</summary>
    public int[] Prompt(Content prompt, string id)
    {
        if (prompt is PlainContent { Text: var text } && !template.WrapsText)
        {
            return NotEmpty(tokenizer.Encode(text), "the prompt", id, _bos);
        }

        var chat = Messages(prompt, Message.User, id);
        return WithBos(new RenderedChat(Guarded(id, () => template.Prompt(tokenizer, chat)), [])).Ids;
    }

    /// <summary>
    /// What follows the prompt's ids, up to the end of its last turn, and the spans in it that are the assistant's. Where a template renders both,
    /// the prompt must be an exact prefix of the whole.
    /// </summary>
    public RenderedChat Response(int[] promptIds, Content prompt, Content response, string id)
    {
        if (prompt is PlainContent && response is PlainContent { Text: var text } && !template.WrapsText)
        {
            int[] ids = [.. NotEmpty(tokenizer.Encode(text), "the response", id), tokenizer.EosId];
            return new RenderedChat(ids, [new TokenSpan(0, ids.Length)]);
        }

        var asked = Messages(prompt, Message.User, id);
        var answer = Messages(response, Message.Assistant, id);
        var sequences = Chat(asked with { Messages = [.. asked.Messages, .. answer.Messages] }, id, asked.Messages.Count);
        var whole = sequences[0];
        var same = whole.Ids.AsSpan().CommonPrefixLength(promptIds);
        if (same < promptIds.Length || sequences.Count > 1)
        {
            throw new DataFormatException(
                id,
                sequences.Count > 1 ? $"the {template.Name} template renders the response's earlier turns differently once the later ones follow"
                    : $"the {template.Name} template renders the prompt differently once the response follows (token {same + 1} of {promptIds.Length})",
                "use a template that leaves earlier messages as they are");
        }

        var spans = whole.AssistantSpans.Where(s => s.Start >= promptIds.Length).Select(s => new TokenSpan(s.Start - promptIds.Length, s.End - promptIds.Length)).ToList();
        return new RenderedChat(spans.Count == 0 ? whole.Ids[promptIds.Length..] : whole.Ids[promptIds.Length..(promptIds.Length + spans[^1].End)], spans);
    }

    private static int[] NotEmpty(int[] ids, string what, string id, int[]? before = null) => ids.Length > 0
        ? [.. before ?? [], .. ids]
        : throw new DataFormatException(id, $"{what} has no tokens", "the tokenizer leaves its text out: give it other text or set on_error: skip");

    /// <summary>What a template gives, its errors with the row's id.</summary>
    private static T Guarded<T>(string id, Func<T> render)
    {
        try
        {
            return render();
        }
        catch (FormatException e) when (e is not DataFormatException)
        {
            throw new DataFormatException(id, e.Message, "correct the row or use another template", e);
        }
    }

    private RenderedChat WithBos(RenderedChat chat) => _bos.Length == 0 || (chat.Ids.Length > 0 && chat.Ids[0] == _bos[0])
        ? chat
        : new RenderedChat([.. _bos, .. chat.Ids], [.. chat.AssistantSpans.Select(s => new TokenSpan(s.Start + 1, s.End + 1))]);

    private ChatContent Messages(Content content, string role, string id)
    {
        if (content is ChatContent chat)
        {
            Refuse(chat.Messages, id);
            return chat;
        }

        return new([new Message(role, ((PlainContent)content).Text)]);
    }

    private void Refuse(IReadOnlyList<Message> messages, string id)
    {
        if (!template.RendersMessages)
        {
            throw template.Name == TemplateChoice.Auto
                ? new DataFormatException(id, "the row holds messages, but the model folder ships no chat template", "name a template, such as template: chatml")
                : new DataFormatException(id, $"the row holds messages, which the template '{template.Name}' cannot render", "set template: chatml");
        }

        var special = messages.Select((message, i) => (message, i)).FirstOrDefault(pair => pair.message.NeedsOwnTemplate && !template.RendersTools);
        if (special.message is not null)
        {
            throw new DataFormatException(id, $"message {special.i + 1} holds calls of tools or parts that are no text, which the template '{template.Name}' cannot render", "use template: model, or write the call into 'content'");
        }
    }
}
