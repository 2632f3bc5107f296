using System.Runtime.ExceptionServices;

namespace Alignment.Data.Collation;

/// <summary>Does the same with every row, on all cores, and gives the results in the rows' order.</summary>
internal static class ParallelRows
{
    private const int RowsAtOnce = 2048;

    /// <summary>What <paramref name="make"/> makes of each row. The first row that fails, in order, ends it with its exception.</summary>
    /// <param name="rows">Read on the caller's thread, a block ahead of the results.</param>
    /// <param name="make">Called from several threads.</param>
    public static IEnumerable<TResult> Map<TRow, TResult>(IEnumerable<TRow> rows, Func<TRow, TResult> make)
    {
        using var source = rows.GetEnumerator();
        var block = new List<TRow>(RowsAtOnce);
        while (true)
        {
            block.Clear();
            var unreadable = Fill(block, source);
            if (block.Count == 0)
            {
                unreadable?.Throw();
                yield break;
            }

            var results = new TResult[block.Count];
            var failures = new ExceptionDispatchInfo?[block.Count];
            Parallel.For(0, block.Count, i =>
            {
                try
                {
                    results[i] = make(block[i]);
                }
                catch (Exception e)
                {
                    failures[i] = ExceptionDispatchInfo.Capture(e);
                }
            });
            for (var i = 0; i < results.Length; i++)
            {
                failures[i]?.Throw();
                yield return results[i];
            }

            unreadable?.Throw();
        }
    }

    /// <summary>Reads until the block is full.</summary>
    /// <returns>What ended the reading before that, if it was an exception: the rows before it come first.</returns>
    private static ExceptionDispatchInfo? Fill<TRow>(List<TRow> block, IEnumerator<TRow> source)
    {
        try
        {
            while (block.Count < RowsAtOnce && source.MoveNext())
            {
                block.Add(source.Current);
            }

            return null;
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }
}
