using Alignment.Data.Jinja;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Rendered text to ids, with the tokens where turns begin and end.</summary>
internal static class TemplateTokens
{
    /// <summary>The ids of a part of a rendering. What came from messages makes no special tokens.</summary>
    public static int[] Encode(TextTokenizer tokenizer, Text text, int start, int end)
    {
        if (start >= end)
        {
            return [];
        }

        var part = text.Slice(start, end);
        return tokenizer.EncodeWithSpecials(part.Value, [.. part.Runs.Where(run => run.Origin.HasFlag(TextOrigin.Content)).Select(run => (run.Start, run.End))]);
    }

    /// <summary>
    /// A rendering with its turns. No token reaches over a turn's beginning: the ids before it are those of the prompt alone, as in generation. Where
    /// the text as a whole would have such a token, the two parts are tokenized apart.
    /// </summary>
    /// <exception cref="JinjaException">The parts do not give the same text.</exception>
    public static RenderedChat Of(TextTokenizer tokenizer, Text text, IReadOnlyList<TurnText> turns, TurnEnd end)
    {
        var length = text.Value.Length;
        var whole = Encode(tokenizer, text, 0, length);
        var (done, from, rest) = (Array.Empty<int>(), 0, whole);
        var spans = new List<TokenSpan>();
        foreach (var turn in turns)
        {
            var start = Place(turn, turn.Start);
            spans.Add(new(start, Place(turn, turn.End)));
        }

        int[] ids = [.. done, .. rest];
        return !end.IsAdded ? new(ids, spans)
            : turns.Count == 0 ? new([.. ids, end.StopId], spans)
            : new([.. ids[..spans[^1].End], end.StopId], [.. spans[..^1], spans[^1] with { End = spans[^1].End + 1 }]);

        int Place(TurnText turn, int at)
        {
            var before = Encode(tokenizer, text, from, at);
            if (!rest.AsSpan().StartsWith(before))
            {
                (done, from, rest) = ([.. done, .. before], at, Encode(tokenizer, text, at, length));
                return tokenizer.Decode([.. done, .. rest], skipSpecials: false) == tokenizer.Decode(whole, skipSpecials: false)
                    ? done.Length
                    : throw new JinjaException($"{turn.Who}: its first characters and the prompt's last ones make one token, so the prompt alone has other ids; begin the message with other characters");
            }

            return done.Length + before.Length;
        }
    }

    /// <summary>A rendering whose template marks what the assistant wrote. A token that holds any of it counts as the assistant's, as in transformers.</summary>
    public static RenderedChat Generated(TextTokenizer tokenizer, Text text)
    {
        var ids = Encode(tokenizer, text, 0, text.Value.Length);
        var spans = new List<TokenSpan>();
        foreach (var run in text.Runs.Where(run => run.Origin.HasFlag(TextOrigin.Generation)))
        {
            var start = ids.AsSpan().CommonPrefixLength(Encode(tokenizer, text, 0, run.Start));
            var before = Encode(tokenizer, text, 0, run.End);
            var same = ids.AsSpan().CommonPrefixLength(before);
            var end = same == before.Length ? same : same + 1;
            if (spans.Count > 0 && spans[^1].End >= start)
            {
                spans[^1] = spans[^1] with { End = end };
            }
            else
            {
                spans.Add(new(start, end));
            }
        }

        return new(ids, spans);
    }
}
