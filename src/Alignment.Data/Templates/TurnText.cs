using Alignment.Data.Jinja;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>An assistant's turn in a rendering that ends with it.</summary>
/// <param name="Who">Names the message, for errors.</param>
/// <param name="Text">The rendering.</param>
/// <param name="Start">Where the turn begins: behind the generation prompt.</param>
/// <param name="End">Behind the token that ends the turn; where the template writes none, behind its last character.</param>
internal sealed record TurnText(string Who, Text Text, int Start, int End)
{
    private const int Shown = 24;

    /// <summary>Finds the turn.</summary>
    /// <param name="who">Names the message.</param>
    /// <param name="prompt">The rendering up to the turn, with the generation prompt.</param>
    /// <param name="answered">The rendering up to and including the turn.</param>
    /// <param name="end">What ends turns.</param>
    /// <param name="tokenizer">Knows the special tokens.</param>
    /// <exception cref="JinjaException">The first rendering is not how the second begins, or no token ends the turn.</exception>
    public static TurnText Of(string who, Text prompt, Text answered, TurnEnd end, TextTokenizer tokenizer)
    {
        var (asked, whole) = (prompt.Value, answered.Value);
        var same = asked.AsSpan().CommonPrefixLength(whole);
        if (same < asked.Length)
        {
            throw new JinjaException(
                $"{who}: the template does not begin the turn as it prompts for it: the prompt goes on with {Quote(asked, same)}, the turn with {Quote(whole, same)}; "
                + "put the assistant's text of the template between {% generation %} and {% endgeneration %}, or use another template");
        }

        return new(who, answered, asked.Length, EndOf(who, answered, asked.Length, end, tokenizer));
    }

    private static int EndOf(string who, Text text, int start, TurnEnd end, TextTokenizer tokenizer)
    {
        var value = text.Value;
        if (!end.IsAdded)
        {
            for (var at = value.IndexOf(end.Token, start, StringComparison.Ordinal); at >= 0; at = value.IndexOf(end.Token, at + 1, StringComparison.Ordinal))
            {
                if (!text.Runs.Any(run => run.Origin.HasFlag(TextOrigin.Content) && run.Start < at + end.Token.Length && at < run.End))
                {
                    return at + end.Token.Length;
                }
            }
        }

        // A turn may end otherwise than usual, a call of a tool for one.
        var last = text.Runs.LastOrDefault(run => run.Origin.HasFlag(TextOrigin.Content)).End;
        var trimmed = Math.Max(Math.Max(start, last), PythonChars.TrimmedEnd(value));
        var tail = TemplateTokens.Encode(tokenizer, text, Math.Max(start, last), trimmed);
        return end.IsAdded || (tail.Length > 0 && tokenizer.IsSpecial(tail[^1]))
            ? trimmed
            : throw new JinjaException($"{who}: the template writes no {end.Token} behind the turn, so a model would not learn to end it; add it to the template or use another one");
    }

    private static string Quote(string text, int at) => at >= text.Length ? "nothing more" : $"'{text.Substring(at, Math.Min(Shown, text.Length - at)).Replace("\n", "\\n", StringComparison.Ordinal)}'";
}
