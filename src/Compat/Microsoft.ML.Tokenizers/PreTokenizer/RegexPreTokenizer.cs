using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>The matches of a pattern are the pieces; special tokens are cut out first.</summary>
public sealed class RegexPreTokenizer : PreTokenizer
{
    private readonly Regex pattern;
    private readonly Regex? special;

    public RegexPreTokenizer(Regex regex, IReadOnlyDictionary<string, int>? specialTokens)
    {
        ArgumentNullException.ThrowIfNull(regex);
        pattern = regex;
        if (specialTokens is { Count: > 0 })
        {
            special = new Regex(string.Join('|', specialTokens.Keys.Select(Regex.Escape)), RegexOptions.Compiled);
        }
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
        string.IsNullOrEmpty(text) ? [] : PreTokenize(text.AsSpan());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int Offset, int Length)>(text.Length / 4);
        var start = 0;
        if (special is not null)
        {
            foreach (var match in special.EnumerateMatches(text))
            {
                Split(text[start..match.Index], start, pieces);
                pieces.Add((match.Index, match.Length));
                start = match.Index + match.Length;
            }
        }

        Split(text[start..], start, pieces);
        return pieces;
    }

    private void Split(ReadOnlySpan<char> text, int offset, List<(int Offset, int Length)> pieces)
    {
        foreach (var match in pattern.EnumerateMatches(text))
        {
            if (match.Length > 0)
            {
                pieces.Add((offset + match.Index, match.Length));
            }
        }
    }
}
