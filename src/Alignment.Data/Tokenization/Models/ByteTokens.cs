namespace Alignment.Data.Tokenization.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, which stand for the bytes of characters that a vocabulary lacks.</summary>
internal sealed class ByteTokens
{
    private readonly int[] _ids = new int[256];

    public ByteTokens(IReadOnlyDictionary<string, int> vocabulary)
    {
        for (var value = 0; value < 256; value++)
        {
            _ids[value] = vocabulary.GetValueOrDefault(Token(value), -1);
        }
    }

    /// <summary>The token that stands for one byte.</summary>
    public static string Token(int value) => $"<0x{value:X2}>";

    /// <summary>Adds the ids of the UTF-8 bytes of well-formed text; adds nothing unless the vocabulary has them all.</summary>
    /// <returns>Whether it has.</returns>
    public bool TryAdd(ReadOnlySpan<char> text, List<int> ids)
    {
        var start = ids.Count;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (_ids[value] < 0)
                {
                    ids.RemoveRange(start, ids.Count - start);
                    return false;
                }

                ids.Add(_ids[value]);
            }
        }

        return true;
    }
}
