using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>WordPiece (Wu et al. 2016, section 4.1): the longest token that fits, then the longest of those marked as continuing, to the word's end.</summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly WordPieceDefinition _definition;
    private readonly TokenTrie _tokens;
    private readonly int _continuing;
    private readonly int _unknown;
    private readonly PieceCache _cache = new();

    public WordPieceModel(WordPieceDefinition definition, IReadOnlySet<string> apart)
    {
        _definition = definition;
        _tokens = new(definition.Vocabulary.Where(e => e.Key.Length > 0 && !apart.Contains(e.Key)));
        _unknown = definition.Vocabulary.TryGetValue(definition.UnknownToken, out var id) ? id
            : throw new InvalidDataException($"{definition.Source}: the unk_token '{definition.UnknownToken}' is not in the vocabulary.");
        foreach (var letter in definition.ContinuingSubwordPrefix)
        {
            _continuing = _continuing == TokenTrie.None ? TokenTrie.None : _tokens.Next(_continuing, letter);
        }
    }

    public void Encode(PieceList pieces, List<int> ids)
    {
        foreach (var range in pieces.Ranges)
        {
            var word = pieces[range];
            if (_cache.TryAdd(word, ids))
            {
                continue;
            }

            var start = ids.Count;
            if (IsTooLong(word) || !TryCut(word, ids))
            {
                ids.RemoveRange(start, ids.Count - start);
                ids.Add(_unknown);
            }

            _cache.Keep(word, ids, start);
        }
    }

    private bool TryCut(ReadOnlySpan<char> word, List<int> ids)
    {
        for (var start = 0; start < word.Length;)
        {
            var node = start == 0 ? TokenTrie.Root : _continuing;
            var (id, length) = node == TokenTrie.None ? (TokenTrie.None, 0) : _tokens.Longest(word[start..], node);
            if (id == TokenTrie.None)
            {
                return false;
            }

            ids.Add(id);
            start += length;
        }

        return true;
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        var characters = word.Length;
        foreach (var unit in word)
        {
            characters -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return characters > _definition.MaxInputCharsPerWord;
    }
}
