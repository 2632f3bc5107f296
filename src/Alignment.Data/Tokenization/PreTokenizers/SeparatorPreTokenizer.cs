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
            var length = text[start..].IndexOf(Separator);
            length = length < 0 ? text.Length - start : length;
            if (length > 0)
            {
                pieces.Add((start, length));
            }

            start += length + 1;
        }

        return pieces;
    }
}
