namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's printable letter for every byte (Radford et al. 2019): itself where it is printable Latin-1, else the next free
/// one from U+0100 on. A byte-level vocabulary is written in these letters.
/// </summary>
internal static class ByteLetters
{
    private const int Highest = 0x143;

    private static readonly char[] Letters = new char[256];
    private static readonly short[] Bytes = new short[Highest + 1];

    static ByteLetters()
    {
        Array.Fill(Bytes, (short)-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            Letters[value] = (char)(printable ? value : next++);
            Bytes[Letters[value]] = (short)value;
        }
    }

    /// <summary>Every letter, by byte.</summary>
    public static ReadOnlySpan<char> All => Letters;

    /// <summary>The byte of a letter; -1 for any other character.</summary>
    public static int ToByte(char letter) => letter <= Highest ? Bytes[letter] : -1;

    /// <summary>Bytes as letters.</summary>
    public static string Text(byte[] bytes) => string.Create(bytes.Length, bytes, (letters, source) =>
    {
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = Letters[source[i]];
        }
    });

    /// <summary>Writes the UTF-8 bytes of well-formed text as letters; returns how many. Room for three a character is enough.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<char> letters)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            int c = text[i];
            if (c < 0x80)
            {
                letters[count++] = Letters[c];
                continue;
            }

            if (c < 0x800)
            {
                letters[count++] = Letters[0xC0 | (c >> 6)];
                letters[count++] = Letters[0x80 | (c & 0x3F)];
                continue;
            }

            if (char.IsHighSurrogate((char)c))
            {
                c = char.ConvertToUtf32((char)c, text[++i]);
                letters[count++] = Letters[0xF0 | (c >> 18)];
                letters[count++] = Letters[0x80 | ((c >> 12) & 0x3F)];
            }
            else
            {
                letters[count++] = Letters[0xE0 | (c >> 12)];
            }

            letters[count++] = Letters[0x80 | ((c >> 6) & 0x3F)];
            letters[count++] = Letters[0x80 | (c & 0x3F)];
        }

        return count;
    }
}
