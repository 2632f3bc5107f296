using System.Buffers;

namespace Alignment.Data.Tokenization;

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that start together.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<char, (string Content, AddedToken Token)[]> _byFirst;
    private readonly SearchValues<string> _contents;

    /// <summary>Each token with the string to look for.</summary>
    public AddedTokenFinder(IReadOnlyCollection<(string Content, AddedToken Token)> tokens)
    {
        _byFirst = tokens.GroupBy(t => t.Content[0]).ToDictionary(g => g.Key, g => g.OrderByDescending(t => t.Content.Length).ToArray());
        _contents = SearchValues.Create([.. tokens.Select(t => t.Content)], StringComparison.Ordinal);
    }

    /// <summary>Calls <paramref name="onText"/> for each stretch without tokens and <paramref name="onToken"/> for each token, in order.</summary>
    public void Scan(string text, Action<string> onText, Action<AddedToken> onToken)
    {
        var done = 0;
        for (var from = 0; from < text.Length;)
        {
            var found = text.AsSpan(from).IndexOfAny(_contents);
            if (found < 0)
            {
                break;
            }

            var start = from + found;
            var (content, token) = _byFirst[text[start]].First(t => text.AsSpan(start).StartsWith(t.Content, StringComparison.Ordinal));
            var end = start + content.Length;
            from = end;
            if (token.SingleWord && ((start > 0 && IsWord(text[start - 1])) || (end < text.Length && IsWord(text[end]))))
            {
                continue;
            }

            while (token.StripLeft && start > done && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.StripRight && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (start > done)
            {
                onText(text[done..start]);
            }

            onToken(token);
            from = done = end;
        }

        if (done < text.Length)
        {
            onText(done == 0 ? text : text[done..]);
        }
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
