using System.Globalization;

namespace Alignment.Core.Checkpoints;

/// <summary>Sizes as Hugging Face writes them: <c>5GB</c>, <c>200MB</c>, <c>1.5GiB</c>, or a number of bytes.</summary>
public static class ByteSize
{
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <param name="text">A number with a unit, or of bytes; null and nonsense give false.</param>
    /// <param name="bytes">The size, at least 1.</param>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var trimmed = text?.Trim().ToUpperInvariant() ?? "";
        var (unit, factor) = Units.First(known => trimmed.EndsWith(known.Unit, StringComparison.Ordinal));
        if (!double.TryParse(trimmed[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            || number * factor is not (>= 1 and < long.MaxValue))
        {
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }
}
