using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Rows as JSON of TRL's types, the way in which <see cref="RowReader"/> reads them.</summary>
public static class RowJson
{
    /// <summary>One row as an object.</summary>
    /// <param name="row">The row; its other columns are left out.</param>
    /// <param name="meta">What goes into the column <see cref="RowMeta.Column"/>; null for nothing.</param>
    /// <exception cref="ArgumentException">A kind of row that TRL has no type for.</exception>
    public static JsonObject Of(DataRow row, JsonObject? meta = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        var json = DataFormats.Trl.FirstOrDefault(format => format.Gives == DataFormats.TypeOf(row))?.Write(row, [], new Remarks())
            ?? throw new ArgumentException($"{row.Id}: TRL has no type for a {DataFormats.TypeOf(row)} row", nameof(row));
        if (meta is not null)
        {
            json[RowMeta.Column] = meta;
        }

        return json;
    }

    /// <summary>Rows as the text of a JSONL file: one line each, letters of all scripts as they are.</summary>
    /// <param name="rows">The objects.</param>
    public static string Lines(IEnumerable<JsonObject> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return string.Concat(rows.Select(row => row.ToJsonString(JsonOutput.Options) + "\n"));
    }
}
