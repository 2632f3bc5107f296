using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>
/// ChatML: <c>&lt;|im_start|&gt;role\ncontent&lt;|im_end|&gt;</c>, a line break between messages, none after the last.
/// Role and content of other messages are tokenized as one segment, as Hugging Face's templates come out. The assistant's
/// content is a segment of its own, because in generation it begins right after the generation prompt.
/// No default system message is added.
/// </summary>
internal sealed class ChatMlTemplate : ChatTemplate
{
    private const string Start = "<|im_start|>";
    private const string End = "<|im_end|>";

    public override string Name => "chatml";

    public override string Source => TokenizerFile.ChatMlTemplate;

    public override int StopId(TextTokenizer tokenizer) => Special(tokenizer, End);

    public override int[] GenerationPrompt(TextTokenizer tokenizer) => [Special(tokenizer, Start), .. tokenizer.Encode($"{Message.Assistant}\n")];

    public override RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt)
    {
        var start = Special(tokenizer, Start);
        var end = Special(tokenizer, End);
        var lineBreak = tokenizer.Encode("\n");
        var beginAnswer = GenerationPrompt(tokenizer);
        var ids = new List<int>();
        var spans = new List<TokenSpan>();
        foreach (var message in messages)
        {
            var (role, content) = message;
            if (ids.Count > 0)
            {
                ids.AddRange(lineBreak);
            }

            if (role == Message.Assistant)
            {
                ids.AddRange(beginAnswer);
                var first = ids.Count;
                ids.AddRange(tokenizer.Encode(content));
                ids.Add(end);
                spans.Add(new TokenSpan(first, ids.Count));
                continue;
            }

            ids.Add(start);
            ids.AddRange(tokenizer.Encode($"{role}\n{content}"));
            ids.Add(end);
        }

        if (generationPrompt)
        {
            ids.AddRange(lineBreak);
            ids.AddRange(beginAnswer);
        }

        return new RenderedChat([.. ids], spans);
    }

    private static int Special(TextTokenizer tokenizer, string token) => tokenizer.SpecialId(token)
        ?? throw new InvalidDataException($"The tokenizer has no special token {token}, which the chatml template needs; train the tokenizer with it or set template: plain.");
}
