using System.Text.RegularExpressions;

namespace Alignment.Data.Rewards.IfEval;

/// <summary>Sentences and words by simple rules, in place of the trained models that IFEval's authors use.</summary>
internal static partial class SentenceText
{
    private const int Patience = 1000;

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co", "corp", "gen", "col", "capt", "lt", "sgt", "rev", "hon", "fig", "no", "vol", "approx", "dept", "est", "a.m", "p.m", "u.s", "u.k",
    };

    /// <summary>
    /// How many sentences there are: a point, question or exclamation mark (with quotes and brackets that close behind it) ends one where white space follows, unless the point belongs to an
    /// abbreviation or initial, or a small letter goes on. What is left at the end is one if it has a letter or digit.
    /// </summary>
    public static int Count(string text)
    {
        var (count, start) = (0, 0);
        foreach (Match end in Ends().Matches(text))
        {
            if (!GoesOn(text, end))
            {
                count += HasWord(text.AsSpan(start, end.Index - start)) ? 1 : 0;
                start = end.Index + end.Length;
            }
        }

        return count + (HasWord(text.AsSpan(start)) ? 1 : 0);
    }

    /// <summary>Words with the marks around them cut off, contractions parted before their apostrophe.</summary>
    public static IEnumerable<string> Tokens(string text) => Parts().Matches(text).Select(match => match.Value);

    private static bool GoesOn(string text, Match end)
    {
        var next = end.Index + end.Length;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        if (next < text.Length && char.IsLower(text[next]))
        {
            return true;
        }

        if (end.Value[0] != '.' || next == text.Length)
        {
            return false;
        }

        var from = end.Index;
        while (from > 0 && (char.IsLetter(text[from - 1]) || text[from - 1] == '.'))
        {
            from--;
        }

        var word = text[from..end.Index];
        return Abbreviations.Contains(word) || (word.Length == 1 && char.IsUpper(word[0]) && word != "I");
    }

    private static bool HasWord(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex("""[.!?。！？]+["'”’)\]]*(?=\s|$)""", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Ends();

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:[-.&/][\p{L}\p{N}]+)*|['’]\p{L}+", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Parts();
}
