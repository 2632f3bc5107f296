namespace Microsoft.ML.Tokenizers;

/// <summary>Applies ranked merges to a sequence of symbols: always the best rank, the leftmost of equals.</summary>
internal sealed class BpeMerger(Dictionary<long, (int Rank, int Id)> merges)
{
    private const int SmallWord = 48;

    public static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>Merges in place and returns how many symbols are left. Lengths of merged symbols are added up.</summary>
    public int Merge(Span<int> ids, Span<int> lengths) =>
        ids.Length <= SmallWord ? MergeByScan(ids, lengths) : MergeByQueue(ids, lengths);

    private int MergeByScan(Span<int> ids, Span<int> lengths)
    {
        var count = ids.Length;
        Span<(int Rank, int Id)> pairs = stackalloc (int, int)[SmallWord];
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

            if (pairs[best].Rank == int.MaxValue)
            {
                break;
            }

            ids[best] = pairs[best].Id;
            lengths[best] += lengths[best + 1];
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            lengths[(best + 2)..(count + 1)].CopyTo(lengths[(best + 1)..]);
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

    private int MergeByQueue(Span<int> ids, Span<int> lengths)
    {
        var count = ids.Length;
        var next = new int[count];
        var previous = new int[count];
        var queue = new PriorityQueue<(int Left, int Right, int LeftId, int RightId, int Id), long>(count);
        for (var i = 0; i < count; i++)
        {
            next[i] = i + 1 < count ? i + 1 : -1;
            previous[i] = i - 1;
            if (i + 1 < count)
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
            lengths[pair.Left] += lengths[pair.Right];
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
            ids[kept] = ids[i];
            lengths[kept++] = lengths[i];
        }

        return kept;
    }

    private void Enqueue(PriorityQueue<(int Left, int Right, int LeftId, int RightId, int Id), long> queue, Span<int> ids, int left, int right)
    {
        var (rank, id) = Find(ids[left], ids[right]);
        if (rank != int.MaxValue)
        {
            queue.Enqueue((left, right, ids[left], ids[right], id), ((long)rank << 32) | (uint)left);
        }
    }

    private (int Rank, int Id) Find(int left, int right) =>
        merges.TryGetValue(Key(left, right), out var merge) ? merge : (int.MaxValue, -1);
}
