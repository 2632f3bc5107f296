using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>
/// Whole sequences side by side in bins of a bounded size, best fit decreasing (Johnson et al. 1974: at most 11/9 of the fewest bins): the longest sequence
/// first, each into the fullest bin that has room for it. Which of equally long sequences comes first is drawn, so that rows that stand together in a file do not
/// share a bin; how many bins there are depends on the lengths only.
/// </summary>
public static class PackedExamples
{
    private const int NamedAtMost = 3;

    /// <summary>Makes one example a bin.</summary>
    /// <param name="examples">One sequence each, none longer than a bin.</param>
    /// <param name="maxLength">Tokens that a bin may have at most.</param>
    /// <param name="seed">Draws the order of equally long sequences.</param>
    public static IReadOnlyList<TokenExample> BestFit(IReadOnlyList<TokenExample> examples, int maxLength, long seed) =>
        [.. Bins([.. examples.Select(example => example.Ids.Length)], maxLength, seed).Select(bin => Join([.. bin.Select(row => examples[row])]))];

    /// <summary>Which sequences share a bin.</summary>
    /// <param name="lengths">Tokens of each.</param>
    /// <param name="maxLength">Tokens of a bin.</param>
    /// <param name="seed">Draws the order of equally long sequences.</param>
    internal static IReadOnlyList<IReadOnlyList<int>> Bins(IReadOnlyList<int> lengths, int maxLength, long seed)
    {
        var bins = new List<List<int>>();
        var withRoom = new Dictionary<int, Stack<int>>(); // tokens left → bins
        var rooms = new SortedSet<int>();
        foreach (var row in DataOrder.Permutation(lengths.Count, seed, epoch: 0).OrderByDescending(row => lengths[row]))
        {
            var length = lengths[row];
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, maxLength);
            var room = rooms.GetViewBetween(length, maxLength).Min; // 0: no bin has room
            if (room == 0)
            {
                bins.Add([row]);
                Keep(bins.Count - 1, maxLength - length);
                continue;
            }

            var bin = withRoom[room].Pop();
            if (withRoom[room].Count == 0)
            {
                rooms.Remove(room);
            }

            bins[bin].Add(row);
            Keep(bin, room - length);
        }

        return bins;

        void Keep(int bin, int room)
        {
            if (room == 0)
            {
                return;
            }

            if (!withRoom.TryGetValue(room, out var same))
            {
                withRoom[room] = same = new Stack<int>();
            }

            same.Push(bin);
            rooms.Add(room);
        }
    }

    private static TokenExample Join(IReadOnlyList<TokenExample> bin)
    {
        if (bin.Count == 1)
        {
            return bin[0];
        }

        var starts = new int[bin.Count];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + bin[i - 1].Ids.Length;
        }

        var names = string.Join(", ", bin.Take(NamedAtMost).Select(example => example.RowId));
        return new TokenExample(bin.Count > NamedAtMost ? $"{names} and {bin.Count - NamedAtMost} more" : names, [.. bin.SelectMany(example => example.Ids)], [.. bin.SelectMany(example => example.Supervised)])
        {
            Starts = starts,
        };
    }
}
