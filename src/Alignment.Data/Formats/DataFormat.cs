using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>A layout of rows that data sets come in. It reads rows as they are, without the rules that training asks for.</summary>
public abstract class DataFormat
{
    /// <summary>What options call it.</summary>
    public abstract string Name { get; }

    /// <summary>Its columns, for lists of the formats.</summary>
    public abstract string About { get; }

    /// <summary>The types that its rows become.</summary>
    public abstract RowTypes Gives { get; }

    /// <summary>The types that it can be written with; none where it can only be read.</summary>
    public virtual RowTypes Takes => RowTypes.None;

    /// <summary>Whether written rows may have the column <c>meta</c>. A format that others read strictly has no place for it.</summary>
    public virtual bool HoldsMeta => Takes != RowTypes.None;

    /// <summary>Why a row looks like this format; null where it does not.</summary>
    /// <param name="row">The columns.</param>
    internal abstract string? Recognise(JsonObject row);

    /// <summary>Reads what one record of a file holds.</summary>
    /// <param name="row">The columns.</param>
    /// <param name="id">Where they stand.</param>
    /// <param name="remarks">Takes what is to be counted.</param>
    /// <exception cref="DataFormatException">A column that is needed is missing or of another kind.</exception>
    internal abstract IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks);

    /// <summary>One of <see cref="Takes"/> as columns, without <c>meta</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="meta">What stays with the row; a format takes out what it has a column for.</param>
    /// <param name="remarks">Takes what could not be kept.</param>
    /// <returns>Null where the format cannot hold the row; the remark says why.</returns>
    internal virtual JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks) => throw new NotSupportedException($"{Name} is only read");

    /// <summary>Puts a written row into the record before it, where a record of this format holds several rows.</summary>
    /// <param name="last">The record before; it is changed.</param>
    /// <param name="next">What <see cref="Write"/> gave.</param>
    /// <returns>Whether it could be; else it is a record of its own.</returns>
    internal virtual bool Merge(JsonObject last, JsonObject next) => false;

    /// <summary>A reason of the usual kind: the columns that were found.</summary>
    private protected static string? HasColumns(JsonObject row, params ReadOnlySpan<string> columns)
    {
        foreach (var column in columns)
        {
            if (row[column] is null)
            {
                return null;
            }
        }

        return $"columns {string.Join(", ", columns!)}";
    }
}
