using System.Buffers;

namespace Alignment.Data.Audit;

/// <summary>Characters that no one types: replacement characters, control characters, and UTF-8 that was read as Latin-1 or Windows-1252.</summary>
internal static class TextDamage
{
    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        "\uFFFD\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000B\u000C\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F"
        + "\u0080\u0081\u0082\u0083\u0084\u0086\u0087\u0088\u0089\u008A\u008B\u008C\u008D\u008E\u008F\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009A\u009B\u009C\u009D\u009E\u009F"
        + "\u00C3\u00C2\u00E2\u00F0\uFEFF");

    /// <summary>What is wrong; null where nothing is.</summary>
    public static string? Find(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Suspects); at >= 0;)
        {
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            var problem = text[at] switch
            {
                '\uFFFD' => "replacement character",
                '\uFEFF' => "byte order mark inside of the text",
                '\u00C3' when next is (>= '\u0080' and <= '\u00BF') or '\u0192' or '\u2019' => "UTF-8 read as Latin-1",
                '\u00C2' when next is >= '\u0080' and <= '\u00BF' => "UTF-8 read as Latin-1",
                '\u00E2' when next is '\u20AC' or '\u0080' => "UTF-8 read as Latin-1",
                '\u00F0' when next is '\u0178' or '\u009F' => "UTF-8 read as Latin-1",
                < ' ' or (>= '\u007F' and <= '\u009F') => "control character",
                _ => null,
            };
            if (problem is not null)
            {
                return problem;
            }

            var further = text[(at + 1)..].IndexOfAny(Suspects);
            at = further < 0 ? -1 : at + 1 + further;
        }

        return null;
    }

    /// <summary>The script of most of a text's first letters.</summary>
    public static string Script(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[Scripts.Length];
        var letters = 0;
        foreach (var c in text)
        {
            if (char.IsLetter(c))
            {
                counts[Index(c)]++;
                if (++letters == 100)
                {
                    break;
                }
            }
        }

        var best = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            best = counts[i] > counts[best] ? i : best;
        }

        return letters == 0 ? "no letters" : Scripts[best];
    }

    private static readonly string[] Scripts = ["Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Devanagari and other Indian", "Thai", "Hangul", "Kana", "Han", "other"];

    private static int Index(char c) => c switch
    {
        < '\u0250' or (>= '\u1E00' and <= '\u1EFF') => 0,
        >= '\u0370' and <= '\u03FF' => 1,
        >= '\u0400' and <= '\u052F' => 2,
        >= '\u0590' and <= '\u05FF' => 3,
        >= '\u0600' and <= '\u077F' => 4,
        >= '\u0900' and <= '\u0DFF' => 5,
        >= '\u0E00' and <= '\u0E7F' => 6,
        (>= '\u1100' and <= '\u11FF') or (>= '\uAC00' and <= '\uD7AF') => 7,
        >= '\u3040' and <= '\u30FF' => 8,
        >= '\u3400' and <= '\u9FFF' => 9,
        _ => 10,
    };
}
