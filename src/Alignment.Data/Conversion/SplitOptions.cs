using Alignment.Data.Formats;

namespace Alignment.Data.Conversion;

/// <summary>How files are split.</summary>
public sealed record SplitOptions
{
    /// <summary>The format of the sources; null: each file's own, as its first rows show.</summary>
    public DataFormat? From { get; init; }

    /// <summary>Other names for columns, before the format is looked for; the rows are written as they are.</summary>
    public ColumnMap Columns { get; init; } = new([]);

    /// <summary>What to do with a record that cannot be read.</summary>
    public OnError OnError { get; init; } = OnError.Error;

    /// <summary>Whether NaN and Infinity count as null; else they are errors.</summary>
    public bool NanAsNull { get; init; }

    /// <summary>Another column whose equal values keep rows together; null for none.</summary>
    public string? Column { get; init; }

    /// <summary>Draws which prompts are held out.</summary>
    public long Seed { get; init; }

    /// <summary>The most records to hold out, of this many in all.</summary>
    public required Func<long, double> HeldOut { get; init; }
}
