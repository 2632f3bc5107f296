using System.Text;
using Microsoft.ML.Tokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>The merging of pieces into ids, done by <see cref="BpeTokenizer"/>; byte fallback and ignored merges are put into terms that it has.</summary>
internal sealed class BpeModel
{
    // A byte that stands for itself is written as a lone low surrogate, which no well-formed text holds.
    private const char FirstByte = '\uDC00';

    private readonly BpeTokenizer _tokenizer;
    private readonly bool[]? _known;
    private readonly HashSet<int>? _knownSupplementary;
    private readonly bool[] _hasByte = new bool[256];

    public BpeModel(BpeDefinition definition, IReadOnlySet<string> added)
    {
        var vocabulary = new Dictionary<string, int>(definition.Vocabulary, StringComparer.Ordinal);
        if (definition.ByteFallback)
        {
            _known = new bool[char.MaxValue + 1];
            _knownSupplementary = [];
            MakeBytesCharacters(vocabulary);
        }

        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = definition.Merges.Select(m => $"{m.Left} {m.Right}"),
            PreTokenizer = new SeparatorPreTokenizer(),
            UnknownToken = definition.UnknownToken,
            FuseUnknownTokens = definition.FuseUnknown,
            ContinuingSubwordPrefix = definition.ContinuingSubwordPrefix,
            EndOfWordSuffix = definition.EndOfWordSuffix,

            // A piece that is a vocabulary entry is taken whole: that is what a "special token" does here.
            SpecialTokens = definition.IgnoreMerges ? vocabulary.Where(e => !added.Contains(e.Key)).ToDictionary() : null,
        });
    }

    /// <summary>The token that stands for one byte under byte fallback.</summary>
    public static string ByteToken(int value) => $"<0x{value:X2}>";

    public void Encode(PieceList pieces, List<int> ids)
    {
        var text = new StringBuilder(pieces.Length + pieces.Ranges.Count);
        foreach (var range in pieces.Ranges)
        {
            Append(text, pieces[range]);
            text.Append(SeparatorPreTokenizer.Separator);
        }

        ids.AddRange(_tokenizer.EncodeToIds(text.ToString()));
    }

    private void MakeBytesCharacters(Dictionary<string, int> vocabulary)
    {
        for (var value = 0; value < 256; value++)
        {
            if (vocabulary.Remove(ByteToken(value), out var id))
            {
                _hasByte[value] = true;
                vocabulary[((char)(FirstByte + value)).ToString()] = id;
            }
        }

        foreach (var token in vocabulary.Keys)
        {
            if (token.Length == 1)
            {
                _known![token[0]] = true;
            }
            else if (token.Length == 2 && char.IsSurrogatePair(token[0], token[1]))
            {
                _knownSupplementary!.Add(char.ConvertToUtf32(token[0], token[1]));
            }
        }
    }

    private void Append(StringBuilder text, ReadOnlySpan<char> piece)
    {
        if (_known is null)
        {
            text.Append(piece);
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in piece.EnumerateRunes())
        {
            if (rune.IsBmp ? _known[rune.Value] : _knownSupplementary!.Contains(rune.Value))
            {
                text.Append(rune);
                continue;
            }

            var bytes = utf8[..rune.EncodeToUtf8(utf8)];
            var complete = true;
            foreach (var value in bytes)
            {
                complete &= _hasByte[value];
            }

            if (!complete)
            {
                text.Append(rune);
                continue;
            }

            foreach (var value in bytes)
            {
                text.Append((char)(FirstByte + value));
            }
        }
    }
}
