using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>
/// The rows of a table (RFC 4180), one in memory at a time; the first line names the columns. Cells are texts, but for <c>true</c> and <c>false</c>, the numbers of a few columns, and lists and objects
/// of JSON. An empty cell is a missing value.
/// </summary>
internal static class CsvRecords
{
    private const int MostColumns = 1000;
    private static readonly string[] Numbers = ["margin", "score", "rating", "reward"];

    /// <param name="path">The file.</param>
    /// <param name="separator">Null: comma or semicolon, whichever the first line has more of.</param>
    public static IEnumerable<JsonRecord> Read(string path, char? separator)
    {
        using var scanner = new ByteScanner(path);
        var cells = new CsvCells(path, scanner);
        if (cells.ReadRow(separator) is not { } header)
        {
            throw new DataFormatException(path, "the file is empty", "remove it from the list or write rows into it");
        }

        var twice = header.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null || header.Count > MostColumns)
        {
            throw new DataFormatException($"{path}:1", twice is null ? $"the file has {header.Count} columns" : $"the column '{twice}' stands there twice", "the first line must name the columns");
        }

        while (cells.ReadRow(separator) is { } row)
        {
            if (row.Count == 1 && row[0].Length == 0)
            {
                continue;
            }

            var id = string.Create(CultureInfo.InvariantCulture, $"{path}:{cells.Line}");
            if (row.Count != header.Count)
            {
                throw new DataFormatException(id, $"the row has {row.Count} cells and the first line {header.Count}", "a quote or a separator is missing, or there is one too many");
            }

            yield return new JsonRecord(id, default) { Columns = new JsonObject(header.Zip(row).Select(cell => KeyValuePair.Create(cell.First, Value(cell.First, cell.Second)))) };
        }
    }

    private static JsonNode? Value(string column, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (text is "true" or "false")
        {
            return text == "true";
        }

        if (Numbers.Contains(column) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        if (text[0] is '[' or '{')
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return text; // It only looks like JSON.
            }
        }

        return text;
    }
}
