using System.Runtime.InteropServices;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>The words of a text under merging, with the count of every pair of neighbours kept up to date.</summary>
internal sealed class PairMerges
{
    private readonly List<string> _tokens;
    private readonly Dictionary<string, int> _ids;
    private readonly List<(string, string)> _merges = [];
    private readonly Word[] _words;
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), List<int>> _places = [];
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> _queue = new(BestFirst.Instance);
    private readonly HashSet<(int Left, int Right)> _grown = [];

    public PairMerges(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, long> words)
    {
        _tokens = [.. tokens];
        _ids = tokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id, StringComparer.Ordinal);
        var letters = new int[0x144];
        foreach (var letter in ByteLetters.All)
        {
            letters[letter] = _ids[letter.ToString()];
        }

        _words = [.. words.Select(w => new Word([.. w.Key.Select(c => letters[c])], w.Value))];
        for (var index = 0; index < _words.Length; index++)
        {
            var (ids, count) = _words[index];
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                Grow((ids[i], ids[i + 1]), count, index);
            }
        }

        QueueGrown();
    }

    public IReadOnlyList<string> Tokens => _tokens;

    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    public void MergeUntil(int vocabularySize, int minFrequency, CancellationToken cancel)
    {
        while (_tokens.Count < vocabularySize && _queue.TryDequeue(out var pair, out var rank))
        {
            cancel.ThrowIfCancellationRequested();
            var count = _counts.GetValueOrDefault(pair);
            if (count != rank.Count)
            {
                // A pair that grew is in the queue again with its new count; one that shrank has to wait its turn.
                if (count > 0 && count < rank.Count)
                {
                    _queue.Enqueue(pair, (count, pair.Left, pair.Right));
                }

                continue;
            }

            if (count < minFrequency)
            {
                break;
            }

            Merge(pair);
        }
    }

    private void Merge((int Left, int Right) pair)
    {
        var token = _tokens[pair.Left] + _tokens[pair.Right];
        if (!_ids.TryGetValue(token, out var id))
        {
            // Another pair may have made the same token; then this merge leads to it.
            id = _tokens.Count;
            _ids.Add(token, id);
            _tokens.Add(token);
        }

        _merges.Add((_tokens[pair.Left], _tokens[pair.Right]));
        _places.Remove(pair, out var places);
        var previous = -1;
        foreach (var index in places!)
        {
            if (index != previous)
            {
                MergeWord(index, pair, id);
                previous = index;
            }
        }

        QueueGrown();
    }

    private void MergeWord(int index, (int Left, int Right) pair, int id)
    {
        var (ids, count) = _words[index];
        for (var i = 0; i + 1 < ids.Count; i++)
        {
            if (ids[i] != pair.Left || ids[i + 1] != pair.Right)
            {
                continue;
            }

            Shrink(pair, count);
            if (i > 0)
            {
                Shrink((ids[i - 1], pair.Left), count);
                Grow((ids[i - 1], id), count, index);
            }

            if (i + 2 < ids.Count)
            {
                Shrink((pair.Right, ids[i + 2]), count);
                Grow((id, ids[i + 2]), count, index);
            }

            ids[i] = id;
            ids.RemoveAt(i + 1);
        }
    }

    private void Grow((int Left, int Right) pair, long count, int index)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += count;
        ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
        places ??= [];
        if (places.Count == 0 || places[^1] != index)
        {
            places.Add(index);
        }

        _grown.Add(pair);
    }

    private void Shrink((int Left, int Right) pair, long count)
    {
        ref var left = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, pair);
        left -= count;
        if (left == 0)
        {
            _counts.Remove(pair);
        }
    }

    private void QueueGrown()
    {
        foreach (var pair in _grown)
        {
            if (_counts.TryGetValue(pair, out var count))
            {
                _queue.Enqueue(pair, (count, pair.Left, pair.Right));
            }
        }

        _grown.Clear();
    }

    private readonly record struct Word(List<int> Ids, long Count);

    /// <summary>The most frequent pair first; of equals the smaller ids.</summary>
    private sealed class BestFirst : IComparer<(long Count, int Left, int Right)>
    {
        public static BestFirst Instance { get; } = new();

        public int Compare((long Count, int Left, int Right) x, (long Count, int Left, int Right) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count) : x.Left != y.Left ? x.Left.CompareTo(y.Left) : x.Right.CompareTo(y.Right);
    }
}
