using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>Reads texts with labels from JSONL and JSON arrays.</summary>
/// <param name="columns">Where text and label stand.</param>
/// <param name="onError">What to do with a row that lacks one of them.</param>
public sealed class LabelledRows(LabelledColumns columns, OnError onError = OnError.Error)
{
    private readonly List<SkippedRow> _skipped = [];

    /// <summary>Rows left out so far, with the reason; at most <see cref="RowReader.ListedAtMost"/>.</summary>
    public IReadOnlyList<SkippedRow> Skipped => _skipped;

    /// <summary>Rows left out so far.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>The rows of the files, in order.</summary>
    /// <param name="patterns">Paths or patterns.</param>
    /// <exception cref="DataFormatException">A bad row (unless skipped), a damaged file, or no row at all.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public IReadOnlyList<LabelledRow> Read(IReadOnlyList<string> patterns)
    {
        var files = DataFiles.Resolve(patterns);
        var rows = new List<LabelledRow>();
        foreach (var record in files.SelectMany(JsonRecords.Read))
        {
            try
            {
                rows.Add(Parse(JsonObjects.Parse(record), record.Id));
            }
            catch (DataFormatException e) when (onError == OnError.Skip)
            {
                SkippedCount++;
                if (_skipped.Count < RowReader.ListedAtMost)
                {
                    _skipped.Add(new SkippedRow(record.Id, e.Reason));
                }
            }
        }

        return rows.Count > 0 ? rows : throw new DataFormatException(files[0], $"all {SkippedCount} rows were skipped", "the columns probably have other names: set text_column and label_column");
    }

    private LabelledRow Parse(JsonObject row, string id)
    {
        var text = Text(row, columns.TextColumn, id) ?? throw Missing(row, columns.TextColumn, id);
        var label = row[columns.LabelColumn] ?? throw Missing(row, columns.LabelColumn, id);
        JsonNode?[] labels = label is JsonArray list ? [.. list] : [label];
        return new LabelledRow(id, text, Text(row, columns.PairColumn, id), [.. labels.Select(item => item is JsonValue value && (value.TryGetValue<string>(out _) || value.TryGetValue<double>(out _))
            ? value
            : throw new DataFormatException(id, $"column '{columns.LabelColumn}' holds {JsonObjects.Describe(item)}", "a label is a number or a name"))]);
    }

    private static string? Text(JsonObject row, string column, string id) =>
        row[column] is null ? null
        : RowParser.Content(row, column, id) is Rows.PlainContent { Text: var text } ? text
        : throw new DataFormatException(id, $"column '{column}' is a list", "it must be text");

    private static DataFormatException Missing(JsonObject row, string column, string id) =>
        new(id, $"there is no column '{column}'; the columns are: {string.Join(", ", row.Select(pair => pair.Key))}", "add it, or name the right one with text_column and label_column");
}
