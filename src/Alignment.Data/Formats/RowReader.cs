using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>
/// Reads rows of TRL's data set types, and of any other format of <see cref="DataFormats"/>, from JSONL, JSON arrays, CSV and TSV, gzip of them included, one row in memory at a time.
/// With <see cref="OnError.Skip"/> a bad row is counted and listed; a file that cannot be cut into rows stops the reading in any case.
/// </summary>
/// <param name="accepted">The types that the caller can use.</param>
/// <param name="onError">What to do with a row that is none of them or breaks a rule.</param>
public sealed class RowReader(RowTypes accepted, OnError onError = OnError.Error)
{
    /// <summary>How many skipped rows <see cref="Skipped"/> lists; the rest is only counted.</summary>
    public const int ListedAtMost = 1000;

    private readonly RowTypes _accepted = accepted != RowTypes.None ? accepted : throw new ArgumentException("At least one row type must be accepted.", nameof(accepted));
    private readonly List<SkippedRow> _skipped = [];

    /// <summary>Rows handed out so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>Bytes of the rows so far, those of tables not counted.</summary>
    internal long BytesRead { get; private set; }

    /// <summary>Rows left out so far.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>The first <see cref="ListedAtMost"/> rows left out, with the reason.</summary>
    public IReadOnlyList<SkippedRow> Skipped => _skipped;

    /// <summary>The rows of the files, in order. <see cref="DataFiles.Resolve"/> turns patterns into files.</summary>
    /// <exception cref="DataFormatException">A bad row (unless skipped), a damaged or empty file, or a file all of whose rows were skipped.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public IEnumerable<DataRow> Read(IEnumerable<string> files) => files.SelectMany(Read);

    /// <summary>The rows of one file.</summary>
    /// <inheritdoc cref="Read(IEnumerable{string})"/>
    public IEnumerable<DataRow> Read(string file)
    {
        var (rows, skipped) = (RowCount, SkippedCount);
        foreach (var record in JsonRecords.Read(file))
        {
            BytesRead += record.Utf8.Length;
            foreach (var row in TryParse(record))
            {
                RowCount++;
                yield return row;
            }
        }

        if (RowCount == rows)
        {
            var first = _skipped.FirstOrDefault(s => s.Id.StartsWith(file, StringComparison.Ordinal));
            throw new DataFormatException(file, $"all {SkippedCount - skipped} rows were skipped" + (first is null ? "" : $" (the first: {first.Id}: {first.Reason})"),
                "the file probably has another format than expected: correct it or take it off the list");
        }
    }

    private IReadOnlyList<DataRow> TryParse(JsonRecord record)
    {
        try
        {
            return RowParser.ParseAll(JsonObjects.Parse(record), record.Id, _accepted);
        }
        catch (DataFormatException e) when (onError == OnError.Skip)
        {
            SkippedCount++;
            if (_skipped.Count < ListedAtMost)
            {
                _skipped.Add(new SkippedRow(record.Id, e.Reason));
            }

            return [];
        }
    }
}
