using System.Buffers;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>
/// The most likely cut of a piece under a unigram model (Kudo 2018), by Viterbi from the left. An unknown character costs ten more
/// than the worst token; neighbours of that kind are one.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly UnigramDefinition _definition;
    private readonly TokenTrie _tokens;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly ByteTokens? _bytes;
    private readonly PieceCache _cache = new();

    public UnigramModel(UnigramDefinition definition, IReadOnlySet<string> apart)
    {
        _definition = definition;
        _tokens = new(definition.Vocabulary.Where(e => e.Key.Length > 0 && !apart.Contains(e.Key)));
        _scores = [.. definition.Pieces.Select(p => p.Score)];
        _unknownScore = _scores.DefaultIfEmpty().Min() - UnknownPenalty;
        _bytes = definition.ByteFallback ? new(definition.Vocabulary) : null;
    }

    public void Encode(PieceList pieces, List<int> ids)
    {
        foreach (var range in pieces.Ranges)
        {
            var piece = pieces[range];
            if (!_cache.TryAdd(piece, ids))
            {
                var start = ids.Count;
                Encode(piece, ids);
                _cache.Keep(piece, ids, start);
            }
        }
    }

    private void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        var nodes = ArrayPool<Node>.Shared.Rent(piece.Length + 1);
        var best = nodes.AsSpan(0, piece.Length + 1);
        best.Fill(new(0, -1, -1));
        for (var start = 0; start < piece.Length;)
        {
            var width = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            var reached = best[start].Score;
            var hasSingle = false;
            var node = TokenTrie.Root;
            for (var end = start + 1; end <= piece.Length && (node = _tokens.Next(node, piece[end - 1])) != TokenTrie.None; end++)
            {
                if (_tokens.Value(node) is >= 0 and var id)
                {
                    Improve(ref best[end], reached + _scores[id], start, id);
                    hasSingle |= end == start + width;
                }
            }

            if (!hasSingle)
            {
                Improve(ref best[start + width], reached + _unknownScore, start, Unknown());
            }

            start += width;
        }

        AddPath(piece, best, ids);
        ArrayPool<Node>.Shared.Return(nodes);

        static void Improve(ref Node node, double score, int start, int id)
        {
            if (node.Start < 0 || score > node.Score)
            {
                node = new(score, start, id);
            }
        }
    }

    private void AddPath(ReadOnlySpan<char> piece, ReadOnlySpan<Node> best, List<int> ids)
    {
        var cuts = new Stack<(int Start, int End, int Id)>();
        for (var end = piece.Length; end > 0;)
        {
            var (_, start, id) = best[end];
            if (id == _definition.UnknownId && cuts.TryPeek(out var next) && next.Id == id)
            {
                cuts.Pop();
                cuts.Push((start, next.End, id));
            }
            else
            {
                cuts.Push((start, end, id));
            }

            end = start;
        }

        foreach (var (start, end, id) in cuts)
        {
            if (id != _definition.UnknownId || _bytes?.TryAdd(piece[start..end], ids) != true)
            {
                ids.Add(id);
            }
        }
    }

    private int Unknown() => _definition.UnknownId
        ?? throw new InvalidDataException($"{_definition.Source}: has no unk_id, and the text has a character that no token has.");

    private readonly record struct Node(double Score, int Start, int Id);
}
