using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Conversion;

/// <summary>Reads files of any format as they are: rows are not checked by the rules of training.</summary>
/// <param name="from">The format; null: each file's own, as its first rows show.</param>
/// <param name="columns">Other names for columns.</param>
/// <param name="onError">What to do with a record that cannot be read.</param>
/// <param name="report">Takes the counts.</param>
/// <param name="nanAsNull">Whether NaN and Infinity count as null; else they are errors.</param>
public sealed class RowSource(DataFormat? from, ColumnMap columns, OnError onError, ConversionReport report, bool nanAsNull = false)
{
    private const int LookAt = 50;
    private const int LookAtBytes = 4 << 20;

    /// <summary>The rows of a file, in order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">A bad record (unless skipped), a damaged or empty file, or one whose format cannot be told.</exception>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public IEnumerable<DataRow> Read(string path) => Records(path).SelectMany(record => record.Rows ?? []);

    /// <summary>The records of a file, in order, with the rows that each holds; null where it was skipped.</summary>
    /// <inheritdoc cref="Read"/>
    internal IEnumerable<(string Id, IReadOnlyList<DataRow>? Rows)> Records(string path)
    {
        using var records = JsonRecords.Read(path).GetEnumerator();
        var first = Begin(records);
        if (first.Count > 0 && first.All(one => one.Problem is not null))
        {
            throw first[0].Problem!; // None of the first records is even JSON.
        }

        var found = from is null ? Detect(path, [.. first.Where(one => one.Columns is not null).Select(one => one.Columns!)]) : new DetectedFormat(from, "as told", 0, 0);
        var why = found.Rows < found.LookedAt ? $"{found.Reason}, in {found.Rows} of the first {found.LookedAt} rows" : found.Reason;
        var file = new ConvertedFile(path, found.Format.Name, why);
        report.Add(file);
        foreach (var one in first)
        {
            yield return (one.Id, Rows(one.Id, found.Format, file, () => one.Columns ?? throw one.Problem!));
        }

        while (records.MoveNext())
        {
            var record = records.Current;
            yield return (record.Id, Rows(record.Id, found.Format, file, () => columns.Apply(JsonObjects.Parse(record, nanAsNull))));
        }

        if (file.Rows == 0)
        {
            throw new DataFormatException(path, $"none of its {file.Records} records could be read as {found.Format.Name}" + (report.Skipped.FirstOrDefault() is { } one ? $" (the first: {one.Id}: {one.Reason})" : ""), "name the right format with --from, or its columns with --map");
        }
    }

    private static DetectedFormat Detect(string path, IReadOnlyList<JsonObject> rows) => (rows.Count == 0 ? null : DataFormats.Detect(rows))
        ?? throw new DataFormatException(path, $"the format of the rows is not known{(rows.Count == 0 ? "" : $" (columns: {string.Join(", ", rows[0].Select(pair => pair.Key))})")}", "name it with --from, or the columns with --map, such as --map prompt=question");

    /// <summary>The first records, parsed; those that cannot be are kept with their problem.</summary>
    private List<(string Id, JsonObject? Columns, DataFormatException? Problem)> Begin(IEnumerator<JsonRecord> records)
    {
        List<(string, JsonObject?, DataFormatException?)> first = [];
        for (var bytes = 0; first.Count < LookAt && bytes < LookAtBytes && records.MoveNext();)
        {
            var record = records.Current;
            bytes += record.Utf8.Length;
            try
            {
                first.Add((record.Id, columns.Apply(JsonObjects.Parse(record, nanAsNull)), null));
            }
            catch (DataFormatException problem)
            {
                if (onError == OnError.Error)
                {
                    throw;
                }

                first.Add((record.Id, null, problem));
            }
        }

        return first;
    }

    /// <summary>Margin and label of a pair whose format has no column for them stand in <c>meta</c>.</summary>
    private static DataRow WithVerdict(DataRow row)
    {
        if (row is not PreferenceRow pair || row.Columns[RowMeta.Column] is not JsonObject meta)
        {
            return row;
        }

        if (pair.Margin == 0 && meta["margin"] is JsonValue m && m.TryGetValue<double>(out var margin))
        {
            pair = pair with { Margin = margin };
            meta.Remove("margin");
        }

        if (pair.Label == 1 && meta["label"] is JsonValue l && l.TryGetValue<double>(out var label) && label is >= 0 and <= 1)
        {
            pair = pair with { Label = label };
            meta.Remove("label");
        }

        return pair;
    }

    private List<DataRow>? Rows(string id, DataFormat format, ConvertedFile file, Func<JsonObject> parse)
    {
        file.Records++;
        try
        {
            List<DataRow> rows = [.. format.Read(parse(), id, report.Remarks).Select(WithVerdict)];
            file.Rows += rows.Count;
            return rows;
        }
        catch (DataFormatException problem) when (onError == OnError.Skip)
        {
            report.Skip(file, problem, id);
            return null;
        }
    }
}
