using Alignment.Data.Formats;

namespace Alignment.Data.Conversion;

/// <summary>How files are converted.</summary>
public sealed record ConversionOptions
{
    /// <summary>The format of the sources; null: each file's own, as its first rows show.</summary>
    public DataFormat? From { get; init; }

    /// <summary>The format of the target; one that can be written.</summary>
    public required DataFormat To { get; init; }

    /// <summary>What to do with a row that cannot be read.</summary>
    public OnError OnError { get; init; } = OnError.Error;

    /// <summary>Texts or messages.</summary>
    public RowStyle Style { get; init; } = RowStyle.Keep;

    /// <summary>Whether NaN and Infinity count as null; else they are errors.</summary>
    public bool NanAsNull { get; init; }

    /// <summary>The places, from 0 over all files, of the rows to convert; null: all of them.</summary>
    public IReadOnlySet<int>? Rows { get; init; }

    /// <summary>Other names for columns, before the format is looked for.</summary>
    public ColumnMap Columns { get; init; } = new([]);
}
