namespace Alignment.Data.Tokenization.Models;

/// <summary>Applies ranked merges to a sequence of ids: always the best rank, the leftmost of equals.</summary>
internal sealed class PairMerger
{
    private const int FewIds = 48;
    private const int Never = int.MaxValue;

    private readonly Dictionary<long, (int Rank, int Id)> _merges;

    /// <summary>Of several merges of one pair the last counts.</summary>
    public PairMerger(IReadOnlyList<BpeMerge> merges)
    {
        _merges = new(merges.Count);
        foreach (var merge in merges)
        {
            _merges[Key(merge.Left, merge.Right)] = (merge.Rank, merge.Id);
        }
    }

    /// <summary>Merges in place.</summary>
    /// <returns>How many ids are left.</returns>
    public int Merge(Span<int> ids) => ids.Length <= FewIds ? MergeByScan(ids) : MergeByQueue(ids);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private int MergeByScan(Span<int> ids)
    {
        Span<(int Rank, int Id)> pairs = stackalloc (int, int)[FewIds];
        var count = ids.Length;
        for (var i = 0; i + 1 < count; i++)
        {
            pairs[i] = Find(ids[i], ids[i + 1]);
        }

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
            {
                if (pairs[i].Rank < pairs[best].Rank)
                {
                    best = i;
                }
            }

            if (pairs[best].Rank == Never)
            {
                break;
            }

            ids[best] = pairs[best].Id;
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            if (best + 1 < count)
            {
                pairs[(best + 2)..count].CopyTo(pairs[(best + 1)..]);
                pairs[best] = Find(ids[best], ids[best + 1]);
            }

            if (best > 0)
            {
                pairs[best - 1] = Find(ids[best - 1], ids[best]);
            }
        }

        return count;
    }

    private int MergeByQueue(Span<int> ids)
    {
        var next = new int[ids.Length];
        var previous = new int[ids.Length];
        var queue = new PriorityQueue<(int Left, int Right, int LeftId, int RightId, int Id), long>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            next[i] = i + 1 < ids.Length ? i + 1 : -1;
            previous[i] = i - 1;
            if (next[i] >= 0)
            {
                Enqueue(queue, ids, i, i + 1);
            }
        }

        while (queue.TryDequeue(out var pair, out _))
        {
            // Stale: a side has been merged away (id -1) or grown since the pair was queued.
            if (ids[pair.Left] != pair.LeftId || ids[pair.Right] != pair.RightId || next[pair.Left] != pair.Right)
            {
                continue;
            }

            ids[pair.Left] = pair.Id;
            ids[pair.Right] = -1;
            next[pair.Left] = next[pair.Right];
            if (next[pair.Left] >= 0)
            {
                previous[next[pair.Left]] = pair.Left;
                Enqueue(queue, ids, pair.Left, next[pair.Left]);
            }

            if (previous[pair.Left] >= 0)
            {
                Enqueue(queue, ids, previous[pair.Left], pair.Left);
            }
        }

        var kept = 0;
        for (var i = 0; i >= 0; i = next[i])
        {
            ids[kept++] = ids[i];
        }

        return kept;
    }

    private void Enqueue(PriorityQueue<(int Left, int Right, int LeftId, int RightId, int Id), long> queue, Span<int> ids, int left, int right)
    {
        var (rank, id) = Find(ids[left], ids[right]);
        if (rank != Never)
        {
            queue.Enqueue((left, right, ids[left], ids[right], id), ((long)rank << 32) | (uint)left);
        }
    }

    private (int Rank, int Id) Find(int left, int right) => _merges.TryGetValue(Key(left, right), out var merge) ? merge : (Never, -1);
}
