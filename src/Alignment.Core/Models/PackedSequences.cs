using Alignment.Core.Kernels;

namespace Alignment.Core.Models;

/// <summary>
/// Sequences one after another, without padding and without what follows the last token that is wanted. Sequences that begin alike (the two
/// answers to a prompt, a group's samples) share their beginning: it is there once, which changes no number and adds their gradients up.
/// </summary>
internal sealed class PackedSequences
{
    /// <summary>Fewer tokens in common are not worth a group.</summary>
    private const int LeastShared = 8;

    private readonly (int Start, int Prefix, int Tail)[] _places;
    private readonly int[] _starts;

    private PackedSequences(long[] ids, long[] positions, (int Start, int Prefix, int Tail)[] places, int[] starts, long[] groups)
    {
        (Ids, Positions, _places, _starts) = (ids, positions, places, starts);
        Groups = new SequenceGroups(groups);
    }

    /// <summary>The N tokens.</summary>
    public long[] Ids { get; }

    /// <summary>Their places in their sequences.</summary>
    public long[] Positions { get; }

    /// <summary>Which see which.</summary>
    public SequenceGroups Groups { get; }

    /// <summary>Packs what of right-padded rows is wanted.</summary>
    /// <param name="ids">B·T ids.</param>
    /// <param name="length">T.</param>
    /// <param name="wanted">Places in the flattened rows whose hidden states are wanted.</param>
    /// <param name="share">Whether rows that begin alike share their beginning; not where dropout is on, which differs from row to row.</param>
    /// <param name="starts">Where the sequences begin in the flattened rows, the first at 0; null where each row is one.</param>
    public static PackedSequences Of(long[] ids, int length, IReadOnlyList<long> wanted, bool share, int[]? starts = null)
    {
        starts ??= [.. Enumerable.Range(0, ids.Length / length).Select(row => row * length)];
        var lengths = new int[starts.Length];
        foreach (var place in wanted)
        {
            var row = SequenceOf(starts, place);
            lengths[row] = Math.Max(lengths[row], (int)place - starts[row] + 1);
        }

        ReadOnlySpan<long> Line(int row) => ids.AsSpan(starts[row], lengths[row]);
        int[] rows = [.. Enumerable.Range(0, lengths.Length).Where(row => lengths[row] > 0)];
        if (share)
        {
            // Rows that begin alike stand side by side; the sort is stable.
            rows = [.. rows.Order(Comparer<int>.Create((a, b) => Line(a).SequenceCompareTo(Line(b)) is var order and not 0 ? order : a.CompareTo(b)))];
        }

        var total = lengths.Sum();
        var (packed, positions, count) = (new long[total], new long[total], 0);
        var groups = new List<long> { 0 };
        var places = new (int Start, int Prefix, int Tail)[lengths.Length]; // of each row: where its beginning lies, how long that is, where it goes on
        for (var from = 0; from < rows.Length;)
        {
            var prefix = lengths[rows[from]];
            var to = from + 1;
            for (; share && to < rows.Length; to++)
            {
                var common = Math.Min(prefix, Line(rows[from]).CommonPrefixLength(Line(rows[to])));
                if (common < LeastShared || common * (to - from) < prefix * (to - from - 1))
                {
                    break; // fewer tokens would be saved than without this row
                }

                prefix = common;
            }

            groups[0]++;
            groups.AddRange([count, prefix, to - from == 1 ? 0 : to - from]);
            var start = count;
            Add(Line(rows[from])[..prefix], 0);
            foreach (var row in rows[from..to])
            {
                if (to - from > 1)
                {
                    groups.Add(lengths[row] - prefix);
                }

                places[row] = (start, prefix, count);
                Add(Line(row)[prefix..], prefix);
            }

            from = to;
        }

        Array.Resize(ref packed, count);
        Array.Resize(ref positions, count);
        return new PackedSequences(packed, positions, places, starts, [.. groups]);

        void Add(ReadOnlySpan<long> tokens, int position)
        {
            foreach (var token in tokens)
            {
                packed[count] = token;
                positions[count++] = position++;
            }
        }
    }

    /// <summary>Where a place of the flattened rows has gone.</summary>
    public long At(long place)
    {
        var sequence = SequenceOf(_starts, place);
        var (start, prefix, tail) = _places[sequence];
        var time = place - _starts[sequence];
        return time < prefix ? start + time : tail + time - prefix;
    }

    private static int SequenceOf(int[] starts, long place)
    {
        var found = Array.BinarySearch(starts, (int)place);
        return found >= 0 ? found : ~found - 1;
    }
}
