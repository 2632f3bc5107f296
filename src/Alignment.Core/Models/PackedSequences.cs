using System.Runtime.InteropServices;
using Alignment.Core.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Sequences one after another, without padding and without what follows the last token that is wanted. Sequences that begin alike (the two
/// answers to a prompt, a group's samples) share their beginning: it is there once, which changes no number and adds their gradients up.
/// The tensors belong to the scope in which they were packed.
/// </summary>
internal sealed class PackedSequences
{
    /// <summary>Fewer tokens in common are not worth a group.</summary>
    private const int LeastShared = 8;

    private readonly (int Start, int Prefix, int Tail)[] _places; // of each row: where its beginning lies, how long that is, where it goes on
    private readonly int[] _starts;

    private PackedSequences(Tensor ids, Tensor positions, int longest, (int Start, int Prefix, int Tail)[] places, int[] starts, long[] groups)
    {
        (Ids, Positions, Longest, _places, _starts) = (ids, positions, longest, places, starts);
        Groups = new SequenceGroups(groups);
    }

    /// <summary>The N tokens, [N] Int64.</summary>
    public Tensor Ids { get; }

    /// <summary>Their places in their sequences, [N] Int64.</summary>
    public Tensor Positions { get; }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest { get; }

    /// <summary>Which see which.</summary>
    public SequenceGroups Groups { get; }

    /// <summary>Packs what of right-padded rows is wanted.</summary>
    /// <param name="ids">B·T ids.</param>
    /// <param name="length">T.</param>
    /// <param name="wanted">Places in the flattened rows whose hidden states are wanted.</param>
    /// <param name="share">Whether rows that begin alike share their beginning; not where dropout is on, which differs from row to row.</param>
    /// <param name="starts">Where the sequences begin in the flattened rows, the first at 0; null where each row is one.</param>
    public static PackedSequences Of(ReadOnlySpan<long> ids, int length, ReadOnlySpan<long> wanted, bool share, int[]? starts = null)
    {
        starts ??= [.. Enumerable.Range(0, ids.Length / length).Select(row => row * length)];
        var lengths = new int[starts.Length];
        foreach (var place in wanted)
        {
            var row = SequenceOf(starts, place);
            lengths[row] = Math.Max(lengths[row], (int)place - starts[row] + 1);
        }

        var lines = new Lines(ids, starts, lengths);
        int[] rows = [.. Enumerable.Range(0, lengths.Length).Where(row => lengths[row] > 0)];
        if (share)
        {
            lines.Sort(rows);
        }

        var total = lengths.Sum();
        var (packed, positions) = (empty(total, dtype: ScalarType.Int64), empty(total, dtype: ScalarType.Int64));
        var tokens = Numbers(packed);
        var times = Numbers(positions);
        var count = 0;
        var groups = new List<long> { 0 };
        var places = new (int Start, int Prefix, int Tail)[lengths.Length];
        for (var from = 0; from < rows.Length;)
        {
            var prefix = lengths[rows[from]];
            var to = from + 1;
            for (; share && to < rows.Length; to++)
            {
                var common = Math.Min(prefix, lines[rows[from]].CommonPrefixLength(lines[rows[to]]));
                if (common < LeastShared || common * (to - from) < prefix * (to - from - 1))
                {
                    break; // fewer tokens would be saved than without this row
                }

                prefix = common;
            }

            groups[0]++;
            groups.AddRange([count, prefix, to - from == 1 ? 0 : to - from]);
            var start = count;
            count = Add(lines[rows[from]][..prefix], 0, tokens, times, count);
            foreach (var row in rows.AsSpan(from, to - from))
            {
                if (to - from > 1)
                {
                    groups.Add(lengths[row] - prefix);
                }

                places[row] = (start, prefix, count);
                count = Add(lines[row][prefix..], prefix, tokens, times, count);
            }

            from = to;
        }

        return new PackedSequences(packed.narrow(0, 0, count), positions.narrow(0, 0, count), lengths.Max(), places, starts, [.. groups]);
    }

    /// <summary>Where a place of the flattened rows has gone.</summary>
    public long At(long place)
    {
        var sequence = SequenceOf(_starts, place);
        var (start, prefix, tail) = _places[sequence];
        var time = place - _starts[sequence];
        return time < prefix ? start + time : tail + time - prefix;
    }

    /// <summary>The hidden states at places of the flattened rows.</summary>
    /// <param name="hidden">[N, D].</param>
    /// <param name="places">M places.</param>
    /// <returns>[M, D]: the hidden states as they are, where all are wanted in their order.</returns>
    public Tensor Select(Tensor hidden, ReadOnlySpan<long> places)
    {
        using var scope = NewDisposeScope();
        var rows = empty(places.Length, dtype: ScalarType.Int64);
        var numbers = Numbers(rows);
        var isWhole = places.Length == hidden.size(0);
        for (var i = 0; i < places.Length; i++)
        {
            numbers[i] = At(places[i]);
            isWhole &= numbers[i] == i;
        }

        return isWhole ? hidden : hidden.index_select(0, rows).MoveToOuterDisposeScope();
    }

    private static Span<long> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);

    /// <summary>Writes tokens from a count on, and their positions; returns the count after them.</summary>
    private static int Add(ReadOnlySpan<long> line, int position, Span<long> tokens, Span<long> times, int count)
    {
        line.CopyTo(tokens[count..]);
        foreach (ref var time in times.Slice(count, line.Length))
        {
            time = position++;
        }

        return count + line.Length;
    }

    private static int SequenceOf(int[] starts, long place)
    {
        var found = Array.BinarySearch(starts, (int)place);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>What of each row is wanted.</summary>
    private readonly ref struct Lines(ReadOnlySpan<long> ids, int[] starts, int[] lengths)
    {
        private readonly ReadOnlySpan<long> _ids = ids;

        public ReadOnlySpan<long> this[int row] => _ids.Slice(starts[row], lengths[row]);

        /// <summary>Puts rows that begin alike side by side; equal ones stay in their order. There are few.</summary>
        public void Sort(Span<int> rows)
        {
            for (var next = 1; next < rows.Length; next++)
            {
                var row = rows[next];
                var at = next;
                for (; at > 0 && this[rows[at - 1]].SequenceCompareTo(this[row]) > 0; at--)
                {
                    rows[at] = rows[at - 1];
                }

                rows[at] = row;
            }
        }
    }
}
