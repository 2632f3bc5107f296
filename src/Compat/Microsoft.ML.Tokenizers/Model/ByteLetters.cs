namespace Microsoft.ML.Tokenizers;

/// <summary>GPT-2's printable letter for every byte: itself where it is printable Latin-1, else the next free one from U+0100 on.</summary>
internal static class ByteLetters
{
    private const int Highest = 0x143;

    private static readonly char[] letters = new char[256];
    private static readonly short[] bytes = new short[Highest + 1];

    static ByteLetters()
    {
        Array.Fill(bytes, (short)-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
            letters[value] = (char)(printable ? value : next++);
            bytes[letters[value]] = (short)value;
        }
    }

    public static char ToLetter(byte value) => letters[value];

    /// <summary>The byte of a letter; -1 for any other character.</summary>
    public static int ToByte(char letter) => letter <= Highest ? bytes[letter] : -1;
}
