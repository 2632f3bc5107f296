using System.Buffers;

namespace Alignment.Data.Formats;

/// <summary>NaN, Infinity and -Infinity as numbers: Python writes them, JSON does not have them.</summary>
internal static class BareNumbers
{
    /// <summary>The same JSON with null in their places; the given bytes where there are none.</summary>
    public static ReadOnlySpan<byte> AsNull(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0)
        {
            return json;
        }

        var changed = new ArrayBufferWriter<byte>(json.Length + 64);
        var inString = false;
        for (var at = 0; at < json.Length; at++)
        {
            var length = inString ? 0 : Length(json[at..]);
            if (length > 0)
            {
                changed.Write("null"u8);
                at += length - 1;
                continue;
            }

            inString ^= json[at] == '"';
            if (inString && json[at] == '\\' && at + 1 < json.Length)
            {
                changed.Write(json.Slice(at++, 1));
            }

            changed.Write(json.Slice(at, 1));
        }

        return changed.WrittenSpan;
    }

    private static int Length(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? 3 : json.StartsWith("Infinity"u8) ? 8 : json.StartsWith("-Infinity"u8) ? 9 : 0;
}
