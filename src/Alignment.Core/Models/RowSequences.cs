namespace Alignment.Core.Models;

/// <summary>Where each token stands in its own sequence, for rows that hold several.</summary>
/// <param name="Numbers">B·T: which sequence the token is of.</param>
/// <param name="Positions">B·T: its place in it, from 0.</param>
/// <param name="Lengths">B·T: how long the sequence is.</param>
internal sealed record RowSequences(long[] Numbers, long[] Positions, long[] Lengths)
{
    /// <summary>Lays the sequences out.</summary>
    /// <param name="starts">Where they begin in the flattened rows, in order; padding is one of its own.</param>
    /// <param name="rows">B.</param>
    /// <param name="length">T.</param>
    public static RowSequences Of(int[] starts, long rows, long length)
    {
        var total = rows * length;
        var places = new RowSequences(new long[total], new long[total], new long[total]);
        for (var number = 0; number < starts.Length; number++)
        {
            var (from, to) = (starts[number], number + 1 < starts.Length ? starts[number + 1] : (int)total);
            places.Numbers.AsSpan(from, to - from).Fill(number);
            places.Lengths.AsSpan(from, to - from).Fill(to - from);
            for (var place = from; place < to; place++)
            {
                places.Positions[place] = place - from;
            }
        }

        return places;
    }
}
