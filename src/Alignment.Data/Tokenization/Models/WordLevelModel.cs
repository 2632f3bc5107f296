using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Looks every piece up.</summary>
internal sealed class WordLevelModel : ITokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _unknown;

    public WordLevelModel(WordLevelDefinition definition, IReadOnlySet<string> apart)
    {
        _words = definition.Vocabulary.Where(e => !apart.Contains(e.Key)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _unknown = definition.Vocabulary.TryGetValue(definition.UnknownToken, out var id) ? id
            : throw new InvalidDataException($"{definition.Source}: the unk_token '{definition.UnknownToken}' is not in the vocabulary.");
    }

    public void Encode(PieceList pieces, List<int> ids)
    {
        foreach (var range in pieces.Ranges)
        {
            ids.Add(_words.TryGetValue(pieces[range], out var id) ? id : _unknown);
        }
    }
}
