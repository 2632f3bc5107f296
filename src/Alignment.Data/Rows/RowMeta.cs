using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Rows;

/// <summary>
/// What stays with a row beside its texts: the column <c>meta</c> of a file, the columns that its format does not know, and the facts that the format states.
/// </summary>
public static class RowMeta
{
    /// <summary>The column that holds it in files.</summary>
    public const string Column = "meta";

    /// <summary>Rows with the same value belong to one prompt and must not be parted by a split.</summary>
    public const string Group = "group";

    /// <summary>A list of <c>{"annotator", "choice"}</c>; the choice is chosen, rejected or tie.</summary>
    public const string Votes = "votes";

    /// <summary>How clear the preference is, as the annotators say.</summary>
    public const string Strength = "strength";

    /// <summary>The model that wrote the chosen response.</summary>
    public const string ChosenModel = "chosen_model";

    /// <summary>The model that wrote the rejected response.</summary>
    public const string RejectedModel = "rejected_model";

    /// <summary>Which of the responses, from 1, was the chosen one when people or models compared them.</summary>
    public const string ChosenPosition = "chosen_position";

    /// <summary>The part of the data set: train, validation, test.</summary>
    public const string Split = "split";

    /// <summary>All of it as one object, copies of what the row holds.</summary>
    /// <param name="row">The row.</param>
    /// <returns>Empty where there is nothing.</returns>
    public static JsonObject Of(DataRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var meta = row.Facts?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in row.Columns)
        {
            if (!row.Known.Contains(name) && name != Column)
            {
                meta[name] = value?.DeepClone();
            }
        }

        // What was kept with the row counts more than what the format works out again.
        AddAll(meta, row.Columns[Column] as JsonObject ?? []);
        return meta;
    }

    /// <summary>A text of <c>meta</c>, of the facts or of a column; null where there is none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="name">One of the names of this class.</param>
    public static string? Text(DataRow row, string name) => Find(row, name) switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    /// <summary>A value of <c>meta</c>, of the facts or of a column; null where there is none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="name">One of the names of this class.</param>
    public static JsonNode? Find(DataRow row, string name)
    {
        ArgumentNullException.ThrowIfNull(row);
        return (row.Columns[Column] as JsonObject)?[name] ?? row.Facts?[name] ?? (row.Known.Contains(name) ? null : row.Columns[name]);
    }

    /// <summary>A short name for a prompt, the same in every file and on every machine: the first 16 digits of its SHA-256.</summary>
    /// <param name="prompt">The prompt.</param>
    public static string GroupOf(Content prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt.ToString()!)).AsSpan(0, 8));
    }

    private static void AddAll(JsonObject to, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            to[name] = value?.DeepClone();
        }
    }
}
