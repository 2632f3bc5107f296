using System.Buffers;
using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization;

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that start together.</summary>
internal sealed class AddedTokenFinder
{
    private readonly TokenTrie _contents;
    private readonly AddedToken[] _tokens;
    private readonly SearchValues<char> _first;

    /// <summary>Each token with the string to look for.</summary>
    public AddedTokenFinder(IReadOnlyCollection<(string Content, AddedToken Token)> tokens)
    {
        // Of tokens that look the same once they are normalized the last counts.
        var byContent = tokens.GroupBy(t => t.Content, StringComparer.Ordinal).Select(g => g.Last()).ToArray();
        _tokens = [.. byContent.Select(t => t.Token)];
        _contents = new(byContent.Select((t, i) => KeyValuePair.Create(t.Content, i)));
        _first = SearchValues.Create([.. byContent.Select(t => t.Content[0]).Distinct()]);
    }

    /// <summary>Calls <paramref name="onText"/> for each stretch without tokens (its bounds) and <paramref name="onToken"/> for each token, in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="onText">Takes where a stretch starts and ends.</param>
    /// <param name="onToken">Takes a token.</param>
    /// <param name="isText">Whether a match between two places is no token but text; null where every match is a token.</param>
    public void Scan(string text, Action<int, int> onText, Action<AddedToken> onToken, Func<AddedToken, int, int, bool>? isText = null)
    {
        var done = 0;
        for (var from = 0; from < text.Length;)
        {
            var found = text.AsSpan(from).IndexOfAny(_first);
            if (found < 0)
            {
                break;
            }

            var start = from + found;
            var (index, length) = _contents.Longest(text.AsSpan(start));
            from = start + Math.Max(length, 1);
            if (index == TokenTrie.None)
            {
                continue;
            }

            var token = _tokens[index];
            var end = start + length;
            if (isText?.Invoke(token, start, end) == true || (token.SingleWord && (EndsWithWord(text.AsSpan(0, start)) || StartsWithWord(text.AsSpan(end)))))
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
                onText(done, start);
            }

            onToken(token);
            from = done = end;
        }

        if (done < text.Length)
        {
            onText(done, text.Length);
        }
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark || Rune.IsLetter(rune);
}
