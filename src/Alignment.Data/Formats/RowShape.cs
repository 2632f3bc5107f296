using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Which row type a row is, by its columns.</summary>
internal static class RowShape
{
    private static readonly (RowTypes Type, string Name, string[] Columns)[] Shapes =
    [
        (RowTypes.Preference, "preference", ["chosen", "rejected"]),
        (RowTypes.PromptCompletion, "prompt-completion", ["prompt", "completion"]),
        (RowTypes.Messages, "messages", ["messages"]),
        (RowTypes.Text, "text", ["text"]),
        (RowTypes.Prompt, "prompt", ["prompt"]),
    ];

    /// <summary>The first of the accepted types whose columns are all there and not null.</summary>
    public static RowTypes Of(JsonObject columns, RowTypes accepted, string id)
    {
        foreach (var (type, _, needed) in Shapes)
        {
            if (accepted.HasFlag(type) && Has(columns, needed))
            {
                return type;
            }
        }

        throw new DataFormatException(id, Reason(columns), $"accepted here: {Accepted(accepted)}");
    }

    private static string Reason(JsonObject columns)
    {
        var present = columns.Count == 0 ? "none" : string.Join(", ", columns.Select(c => c.Value is null ? $"{c.Key} (null)" : c.Key));
        var other = Shapes.FirstOrDefault(s => Has(columns, s.Columns)).Name;
        return other is null ? $"no column that is needed; the columns are: {present}" : $"this is a {other} row; the columns are: {present}";
    }

    private static string Accepted(RowTypes accepted) =>
        string.Join(" | ", Shapes.Where(s => accepted.HasFlag(s.Type)).Select(s =>
            s.Type == RowTypes.Preference ? "(prompt,) chosen, rejected" : string.Join(", ", s.Columns)));

    private static bool Has(JsonObject columns, string[] needed) => needed.All(c => columns[c] is not null);
}
