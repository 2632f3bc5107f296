using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Collation;

/// <summary>
/// Texts, each with its EOS, joined in the order of the rows and cut into blocks of T tokens. A block begins with the last token
/// of the one before, so that every token of the stream but the first is a target exactly once (TRL's <c>wrapped</c> loses one
/// target a block). The last block holds what is left.
/// </summary>
internal static class WrappedBlocks
{
    public static ExampleSet<TokenExample> Build(IEnumerable<DataRow> rows, RowTokens tokens, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var blocks = new List<TokenExample>();
        var block = new List<int>(length);
        var (count, longest, first, last) = (0, 0, "", "");
        foreach (var (row, ids) in ParallelRows.Map(rows, row => (row, Tokens(row, tokens))))
        {
            count++;
            longest = Math.Max(longest, ids.Length);
            first = block.Count == 0 ? row.Id : first;
            last = row.Id;
            foreach (var id in ids)
            {
                block.Add(id);
                if (block.Count == length)
                {
                    blocks.Add(Block(block, first, last));
                    block.RemoveRange(0, length - 1);
                    first = last;
                }
            }
        }

        if (block.Count > 1)
        {
            blocks.Add(Block(block, first, last));
        }

        return new ExampleSet<TokenExample>(blocks, new OverflowReport(count, count, 0, 0, 0, longest, []));
    }

    private static int[] Tokens(DataRow row, RowTokens tokens) => tokens.Text(row is TextRow text ? text.Text
        : throw new DataFormatException(row.Id, "packing: wrapped joins text rows only", "set packing: none or give text rows"));

    private static TokenExample Block(List<int> ids, string first, string last)
    {
        var supervised = new bool[ids.Count];
        supervised.AsSpan(1).Fill(true);
        return new TokenExample(first == last ? first : $"{first}..{last}", [.. ids], supervised);
    }
}
