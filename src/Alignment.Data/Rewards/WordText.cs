namespace Alignment.Data.Rewards;

/// <summary>What the text rewards mean by a word.</summary>
internal static class WordText
{
    /// <summary>Number of runs without white space that have a letter or a digit.</summary>
    public static int Count(string text)
    {
        int words = 0;
        bool counted = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                counted = false;
            }
            else if (!counted && char.IsLetterOrDigit(c))
            {
                counted = true;
                words++;
            }
        }

        return words;
    }

    /// <summary>
    /// The names that occur in the text as whole words, case ignored, from left to right without overlap; at one place the longest wins.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="names">What to look for; the results are elements of it.</param>
    public static IEnumerable<string> FindNames(string text, IReadOnlyList<string> names)
    {
        string[] longestFirst = [.. names.Where(name => name.Length > 0).OrderByDescending(name => name.Length)];
        for (int at = 0; at < text.Length; at++)
        {
            if (at > 0 && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at]))
            {
                continue;
            }

            string? found = Array.Find(longestFirst, name => IsAt(text, at, name));
            if (found is not null)
            {
                yield return found;
                at += found.Length - 1;
            }
        }
    }

    /// <summary>1 if nothing is over, else 1 − over/decay but not below 0; 0 without decay.</summary>
    public static double Falling(int over, int decay) =>
        over <= 0 ? 1 : decay == 0 ? 0 : Math.Max(0, 1 - ((double)over / decay));

    private static bool IsAt(string text, int at, string name)
    {
        int end = at + name.Length;
        return end <= text.Length
            && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0
            && (end == text.Length || !char.IsLetterOrDigit(text[end]) || !char.IsLetterOrDigit(name[^1]));
    }
}
