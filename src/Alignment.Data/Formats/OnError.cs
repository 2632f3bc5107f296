namespace Alignment.Data.Formats;

/// <summary>What a reader does with a row that it cannot use.</summary>
public enum OnError
{
    /// <summary>Stop with a <see cref="DataFormatException"/>.</summary>
    Error,

    /// <summary>Leave the row out, count it and list it.</summary>
    Skip,
}

/// <summary>A row that was left out, and why.</summary>
public sealed record SkippedRow(string Id, string Reason);
