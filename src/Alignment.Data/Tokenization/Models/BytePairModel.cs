using System.Runtime.InteropServices;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>
/// Byte pair encoding (Sennrich et al. 2016) with what <c>BpeTokenizer</c> lacks: byte fallback, whole pieces taken from the
/// vocabulary, tokens with blanks in them, merges of equal rank.
/// </summary>
internal sealed class BytePairModel : ITokenModel
{
    private readonly BpeDefinition _definition;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _wholes;
    private readonly ByteTokens? _bytes;
    private readonly int[]? _basic;
    private readonly int? _unknown;
    private readonly PairMerger _merger;
    private readonly PieceCache _cache = new();

    public BytePairModel(BpeDefinition definition, IReadOnlySet<string> apart)
    {
        _definition = definition;
        var vocabulary = new Dictionary<string, int>(definition.Vocabulary, StringComparer.Ordinal);
        _vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _bytes = definition.ByteFallback ? new(vocabulary) : null;
        _unknown = definition.UnknownToken is { } unknown ? vocabulary[unknown] : null;
        _merger = new(definition.Merges);
        if (definition.IgnoreMerges)
        {
            _wholes = vocabulary.Where(e => !apart.Contains(e.Key)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        if (definition.ContinuingSubwordPrefix is null && definition.EndOfWordSuffix is null)
        {
            _basic = new int[char.MaxValue + 1];
            Array.Fill(_basic, -1);
            foreach (var (token, id) in vocabulary.Where(e => e.Key.Length == 1))
            {
                _basic[token[0]] = id;
            }
        }
    }

    public void Encode(PieceList pieces, List<int> ids)
    {
        foreach (var range in pieces.Ranges)
        {
            var piece = pieces[range];
            if (_wholes is { } wholes && wholes.TryGetValue(piece, out var id))
            {
                ids.Add(id);
            }
            else if (!_cache.TryAdd(piece, ids))
            {
                var start = ids.Count;
                AddCharacters(piece, ids);
                var left = _merger.Merge(CollectionsMarshal.AsSpan(ids)[start..]);
                CollectionsMarshal.SetCount(ids, start + left);
                _cache.Keep(piece, ids, start);
            }
        }
    }

    /// <summary>One id a character, as the tokenizers library does it: an unknown one waits until a known one follows.</summary>
    private void AddCharacters(ReadOnlySpan<char> piece, List<int> ids)
    {
        var waiting = false;
        for (var i = 0; i < piece.Length;)
        {
            var length = char.IsHighSurrogate(piece[i]) && i + 1 < piece.Length ? 2 : 1;
            var character = piece.Slice(i, length);
            var id = Find(character, isFirst: i == 0, isLast: i + length == piece.Length);
            i += length;
            if (id >= 0)
            {
                FlushUnknown();
                ids.Add(id);
            }
            else if (_bytes?.TryAdd(character, ids) != true && _unknown is not null)
            {
                if (!_definition.FuseUnknown)
                {
                    FlushUnknown();
                }

                waiting = true;
            }
        }

        FlushUnknown();

        void FlushUnknown()
        {
            if (waiting)
            {
                ids.Add(_unknown!.Value);
                waiting = false;
            }
        }
    }

    private int Find(ReadOnlySpan<char> character, bool isFirst, bool isLast)
    {
        if (_basic is not null)
        {
            return character.Length == 1 ? _basic[character[0]] : _vocabulary.TryGetValue(character, out var known) ? known : -1;
        }

        var written = string.Concat(isFirst ? "" : _definition.ContinuingSubwordPrefix, character, isLast ? _definition.EndOfWordSuffix : "");
        return _vocabulary.TryGetValue(written, out var id) ? id : -1;
    }
}
