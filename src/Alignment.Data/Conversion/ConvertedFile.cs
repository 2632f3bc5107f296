namespace Alignment.Data.Conversion;

/// <summary>What was read of one file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Why">What showed it.</param>
public sealed record ConvertedFile(string Path, string Format, string Why)
{
    /// <summary>Rows or array items in the file.</summary>
    public long Records { get; internal set; }

    /// <summary>What the format makes of them: pairs, ranked lists, conversations.</summary>
    public long Rows { get; internal set; }

    /// <summary>Records that could not be read.</summary>
    public long Skipped { get; internal set; }

    /// <summary>Rows written.</summary>
    public long Written { get; internal set; }
}
