using Alignment.Data.Jinja;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Rendered text to ids, with the tokens where turns begin and end.</summary>
internal static class TemplateTokens
{
    /// <summary>What may stand before a part that goes on where another one ended: few tokens begin with the last two and go on.</summary>
    private static readonly string[] Leads = ["", "\n", "0"];

    /// <summary>The ids of a part of a rendering. What came from messages makes no special tokens.</summary>
    /// <param name="tokenizer">Tokenizes.</param>
    /// <param name="text">The rendering.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="end">Behind its last character.</param>
    /// <param name="lead">Text that stands before the part while it is tokenized, so that the tokenizer takes it for no text's beginning; its ids are left out.</param>
    /// <returns>Empty as well where the lead's last characters and the part's first ones make one token.</returns>
    public static int[] Encode(TextTokenizer tokenizer, Text text, int start, int end, string lead = "")
    {
        if (start >= end)
        {
            return [];
        }

        var part = text.Slice(start, end);
        var content = part.Runs.Where(run => run.Origin.HasFlag(TextOrigin.Content)).Select(run => (run.Start + lead.Length, run.End + lead.Length));
        var ids = tokenizer.EncodeWithSpecials(lead + part.Value, [.. content]);
        var before = tokenizer.EncodeWithSpecials(lead);
        return ids.AsSpan().StartsWith(before) ? ids[before.Length..] : [];
    }

    /// <summary>
    /// A rendering with its turns. No token reaches over a turn's beginning: the ids before it are those of the prompt alone, as in generation. Where
    /// the text as a whole would have such a token, the two parts are tokenized apart, the second one without the blank that some tokenizers put
    /// before a text.
    /// </summary>
    /// <exception cref="JinjaException">The parts do not give the same text.</exception>
    public static RenderedChat Of(TextTokenizer tokenizer, Text text, IReadOnlyList<TurnText> turns, TurnEnd end)
    {
        var length = text.Value.Length;
        var whole = Encode(tokenizer, text, 0, length);
        var (done, from, rest, lead) = (Array.Empty<int>(), 0, whole, "");
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
            var before = Encode(tokenizer, text, from, at, lead);
            if (rest.AsSpan().StartsWith(before))
            {
                return done.Length + before.Length;
            }

            (done, from) = ([.. done, .. before], at);
            var wanted = tokenizer.Decode(whole, skipSpecials: false);
            lead = Leads.FirstOrDefault(l => tokenizer.Decode([.. done, .. Encode(tokenizer, text, at, length, l)], skipSpecials: false) == wanted)
                ?? throw new JinjaException($"{turn.Who}: its first characters and the prompt's last ones make one token, so the prompt alone has other ids; begin the message with other characters");
            rest = Encode(tokenizer, text, at, length, lead);
            return done.Length;
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
