using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>Cuts a text into pieces that are encoded apart; characters in no piece are lost.</summary>
public abstract partial class PreTokenizer
{
    private static readonly PreTokenizer wordOrNonWord = new RegexPreTokenizer(WordOrNonWordRegex(), null);

    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);

    /// <summary>Runs of word characters and runs of neither word characters nor blanks; blanks are lost.</summary>
    public static PreTokenizer CreateWordOrNonWord(IReadOnlyDictionary<string, int>? specialTokens = null) =>
        specialTokens is null ? wordOrNonWord : new RegexPreTokenizer(WordOrNonWordRegex(), specialTokens);

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex WordOrNonWordRegex();
}
