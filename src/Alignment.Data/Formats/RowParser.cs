using System.Text.Json.Nodes;
using Alignment.Data.Formats.Trl;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>The columns of one row to checked <see cref="DataRow"/>s. Every problem is a <see cref="DataFormatException"/> that begins with the row's id.</summary>
internal static class RowParser
{
    private static readonly Remarks Uncounted = new();

    /// <summary>The one row of a row in one of TRL's types.</summary>
    public static DataRow Parse(JsonObject columns, string id, RowTypes accepted) => RowRules.Check(Trl(columns, accepted)?.ReadOne(columns, id) ?? throw Unfit(columns, accepted, id));

    /// <summary>The rows of a record: one where it is of TRL's types; of other formats all that are of an accepted type.</summary>
    public static IReadOnlyList<DataRow> ParseAll(JsonObject columns, string id, RowTypes accepted)
    {
        if (Trl(columns, accepted) is { } type)
        {
            return [RowRules.Check(type.ReadOne(columns, id))];
        }

        var formats = DataFormats.All.Where(format => format is not TrlFormat && format.Recognise(columns) is not null);
        var read = formats.Take(1).SelectMany(format => format.Read(columns, id, Uncounted)).ToList();
        var rows = read
            .SelectMany(row => row is RankedRow ranked && (accepted & (RowTypes.Preference | RowTypes.Ranked)) == RowTypes.Preference ? RankedPairs.Of(ranked) : (IEnumerable<DataRow>)[row])
            .Where(row => accepted.HasFlag(DataFormats.TypeOf(row))).Select(RowRules.Check).ToList();
        return rows.Count > 0 ? rows
            : accepted.HasFlag(RowTypes.Preference) && read.Any(row => row is RankedRow { Responses.Count: > 1 })
                ? throw new DataFormatException(id, "no two of its responses are ranked or rated differently, so it makes no pair", "remove the row or set on_error: skip")
                : throw Unfit(columns, accepted, id);
    }

    /// <summary>A column that holds text or messages, none of them blank.</summary>
    public static Content Content(JsonObject columns, string column, string id)
    {
        var content = new Cells(columns, id).Content(column);
        RowRules.CheckFilled(content, column, id);
        return content;
    }

    private static TrlFormat? Trl(JsonObject columns, RowTypes accepted) =>
        (TrlFormat?)DataFormats.Trl.FirstOrDefault(format => accepted.HasFlag(format.Gives) && ((TrlFormat)format).Fits(columns));

    private static DataFormatException Unfit(JsonObject columns, RowTypes accepted, string id) => new(id, Reason(columns), $"accepted here: {Accepted(accepted)}");

    private static string Reason(JsonObject columns)
    {
        var present = columns.Count == 0 ? "none" : string.Join(", ", columns.Select(c => c.Value is null ? $"{c.Key} (null)" : c.Key));
        var other = DataFormats.All.FirstOrDefault(format => format.Recognise(columns) is not null);
        return other is null ? $"no column that is needed; the columns are: {present}" : $"this is a {(other as TrlFormat)?.Title ?? other.Name} row; the columns are: {present}";
    }

    private static string Accepted(RowTypes accepted) => string.Join(" | ", (string[])[.. Titles(accepted), .. accepted.HasFlag(RowTypes.Ranked) ? ["a prompt with ranked or rated responses (docs/formats.md)"] : Array.Empty<string>()]);

    private static IEnumerable<string> Titles(RowTypes accepted) => DataFormats.Trl.Cast<TrlFormat>()
        .Where(format => accepted.HasFlag(format.Gives) && format is not TrlImplicitPreferenceFormat)
        .Select(format => format.Gives == RowTypes.Preference ? "(prompt,) chosen, rejected" : string.Join(", ", format.Needed));
}
