using Microsoft.ML.Tokenizers;

namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>Pieces are what lies between separators: the steps of a tokenizer file have cut the text already.</summary>
internal sealed class SeparatorPreTokenizer : PreTokenizer
{
    /// <summary>A lone surrogate: no well-formed text holds it.</summary>
    public const char Separator = '\uDD00';

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int, int)>(text.Length / 4);
        for (var start = 0; start < text.Length;)
        {
            var length = LengthOf(text[start..]);
            if (length > 0)
            {
                pieces.Add((start, length));
            }

            start += length + 1;
        }

        return pieces;
    }

    /// <summary>Up to the next separator, or all: the second half of a surrogate pair is none.</summary>
    private static int LengthOf(ReadOnlySpan<char> text)
    {
        for (var i = 0; ; i++)
        {
            var found = text[i..].IndexOf(Separator);
            if (found < 0)
            {
                return text.Length;
            }

            i += found;
            if (i == 0 || !char.IsHighSurrogate(text[i - 1]))
            {
                return i;
            }
        }
    }
}
