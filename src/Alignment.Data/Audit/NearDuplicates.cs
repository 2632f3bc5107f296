using System.Numerics;

namespace Alignment.Data.Audit;

/// <summary>
/// Rows that have most of their three-word sequences in common. A row's sketch is 64 bytes: the low byte of the least hash in each of 64 classes of its sequences (one permutation hashing, Li, Owen and
/// Zhang 2012; empty classes take the value of the next filled one, Shrivastava and Li 2014; low bytes as of b-bit minwise hashing, Li and König 2010). 16 bands of four bytes find candidates
/// (locality-sensitive hashing), the whole sketch decides: equal bytes estimate s + (1 − s)/256 of the Jaccard similarity s.
/// </summary>
internal sealed class NearDuplicates
{
    private const int Classes = 64;
    private const int Band = 4;
    private const int Shingle = 3;
    private const int LeastWords = 8;
    private const int RowsInBlock = 1 << 14;
    private readonly List<byte[]> _blocks = [];
    private int _rows;

    /// <summary>Adds a row, that has the next number from 0. Rows of very few words have no near duplicates.</summary>
    public void Add(List<ulong> words)
    {
        if (_rows % RowsInBlock == 0)
        {
            _blocks.Add(new byte[RowsInBlock * Classes]);
        }

        var sketch = Sketch(_rows++);
        if (words.Count < LeastWords)
        {
            return; // all bytes stay 0
        }

        Span<ulong> least = stackalloc ulong[Classes];
        least.Fill(ulong.MaxValue);
        for (var i = 0; i + Shingle <= words.Count; i++)
        {
            var hash = Words.Mix(words[i] + BitOperations.RotateLeft(words[i + 1], 21) + BitOperations.RotateLeft(words[i + 2], 42));
            ref var slot = ref least[(int)(hash >> 58)];
            slot = Math.Min(slot, hash);
        }

        for (var i = 0; i < Classes; i++)
        {
            var from = i;
            while (least[from] == ulong.MaxValue)
            {
                from = (from + 1) % Classes;
            }

            sketch[i] = (byte)(Words.Mix(least[from] + (ulong)((i - from + Classes) % Classes)) | 1);
        }
    }

    /// <summary>For each row that has one, an earlier row of which it is a near duplicate.</summary>
    /// <param name="similarity">The least Jaccard similarity.</param>
    /// <param name="apart">Whether two rows may count.</param>
    public Dictionary<int, int> Find(double similarity, Func<int, int, bool> apart)
    {
        // The lowest bit is always set, so that a sketch is never empty: 128 values.
        var least = (int)Math.Ceiling(Classes * (similarity + ((1 - similarity) / 128)) - 1e-9);
        var found = new Dictionary<int, int>();
        var keys = new ulong[_rows];
        for (var band = 0; band < Classes / Band; band++)
        {
            var count = 0;
            for (var row = 0; row < _rows; row++)
            {
                var key = BitConverter.ToUInt32(Sketch(row)[(band * Band)..]);
                if (key != 0)
                {
                    keys[count++] = ((ulong)key << 32) | (uint)row;
                }
            }

            Array.Sort(keys, 0, count);
            for (var from = 0; from < count;)
            {
                var to = from + 1;
                while (to < count && keys[to] >> 32 == keys[from] >> 32)
                {
                    var (first, before, row) = ((int)(uint)keys[from], (int)(uint)keys[to - 1], (int)(uint)keys[to]);
                    if (!found.ContainsKey(row))
                    {
                        if (Equal(first, row) >= least && apart(first, row))
                        {
                            found[row] = first;
                        }
                        else if (before != first && Equal(before, row) >= least && apart(before, row))
                        {
                            found[row] = before;
                        }
                    }

                    to++;
                }

                from = to;
            }
        }

        return found;
    }

    private int Equal(int a, int b)
    {
        var x = Sketch(a);
        var y = Sketch(b);
        var equal = 0;
        for (var i = 0; i < Classes; i++)
        {
            equal += x[i] == y[i] ? 1 : 0;
        }

        return equal;
    }

    private Span<byte> Sketch(int row) => _blocks[row / RowsInBlock].AsSpan(row % RowsInBlock * Classes, Classes);
}
