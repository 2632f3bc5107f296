namespace Alignment.Data.Audit;

/// <summary>Words of a text as hashes: runs of letters and digits, small letters. Scripts without spaces give a word a character.</summary>
internal static class Words
{
    /// <summary>Adds the words of a text to a list.</summary>
    public static void Add(ReadOnlySpan<char> text, List<ulong> to)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at]))
            {
                at++;
                if (text[at - 1] >= '\u2E80')
                {
                    break;
                }
            }

            to.Add(Hash(text[start..at]));
        }
    }

    /// <summary>A word's hash; that of its small letters.</summary>
    public static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var c in word)
        {
            hash = (hash ^ (c < 128 ? (uint)(c | (c is >= 'A' and <= 'Z' ? 0x20 : 0)) : char.ToLowerInvariant(c))) * 0x100000001B3UL;
        }

        return Mix(hash);
    }

    /// <summary>Spreads a number over all 64 bits (SplitMix64's last steps).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    /// <summary>A text's hash, letter by letter.</summary>
    public static ulong TextHash(ReadOnlySpan<char> text)
    {
        var hash = Mix((ulong)text.Length);
        var blocks = System.Runtime.InteropServices.MemoryMarshal.Cast<char, ulong>(text);
        foreach (var block in blocks)
        {
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ block) * 0x9E3779B97F4A7C15UL, 29);
        }

        foreach (var c in text[(blocks.Length * 4)..])
        {
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ c) * 0x9E3779B97F4A7C15UL, 29);
        }

        return Mix(hash);
    }

    /// <summary>Hashes of all sequences of <paramref name="length"/> words; of fewer words one of all of them.</summary>
    public static IEnumerable<ulong> Sequences(List<ulong> words, int length)
    {
        if (words.Count == 0)
        {
            yield break;
        }

        for (var at = 0; at == 0 || at + length <= words.Count; at++)
        {
            var hash = 0UL;
            for (var i = at; i < Math.Min(words.Count, at + length); i++)
            {
                hash = Mix(hash + words[i]);
            }

            yield return hash;
        }
    }
}
