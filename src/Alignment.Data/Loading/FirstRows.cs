using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Loading;

/// <summary>
/// Reads the beginning of data files as a stage will read them and keeps nothing: a damaged or wrong file is told within a second, before torch, a tokenizer or a model takes
/// time and memory. What stands farther on is found when the rows are loaded.
/// </summary>
public static class FirstRows
{
    private const long MostBytes = 64 << 20;
    private const long MostRows = 100_000;

    /// <summary>Reads up to 64 MB or 100,000 rows, of which each file has its share and at least its first rows.</summary>
    /// <param name="patterns">Paths or patterns.</param>
    /// <param name="accepted">The types that are read.</param>
    /// <param name="onError">What happens to rows that cannot be used.</param>
    /// <exception cref="DataFormatException">A row cannot be used, or a file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public static void Look(IReadOnlyList<string> patterns, RowTypes accepted, OnError onError)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        string[] files = patterns.Count == 0 ? [] : [.. DataFiles.Resolve(patterns).Where(file => file != DataFiles.StandardInput)];
        foreach (var file in files)
        {
            var reader = new RowReader(accepted, onError);
            foreach (var _ in reader.Read(file))
            {
                if (reader.BytesRead > MostBytes / files.Length || reader.RowCount + reader.SkippedCount > MostRows / files.Length)
                {
                    break;
                }
            }
        }
    }
}
