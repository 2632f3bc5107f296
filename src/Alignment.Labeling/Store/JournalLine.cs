using System.Globalization;
using System.Text;
using Alignment.Labeling.Formats;
using Alignment.Training.Metrics;

namespace Alignment.Labeling.Store;

/// <summary>
/// One line of a journal: a JSON object whose last key, <c>crc</c>, is the CRC-32C of all the bytes before <c>,"crc":</c>, as eight
/// hexadecimal digits. Any JSON reader can read it; a line that was cut or changed does not pass.
/// </summary>
internal static class JournalLine
{
    private static readonly int TailLength = Tail(0).Length;

    /// <summary>An event as a line with its end.</summary>
    public static byte[] Write<T>(T entry)
    {
        var body = Encoding.UTF8.GetBytes(LabelJson.Write(entry)).AsSpan()[..^1]; // without the brace
        return [.. body, .. Tail(Crc32C.Compute(body))];
    }

    /// <summary>The event of a line without its end; null when the checksum does not fit.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> line, string where)
        where T : class
    {
        var length = line.Length - (TailLength - 1);
        if (length < 1 || !line[length..].SequenceEqual(Tail(Crc32C.Compute(line[..length])).AsSpan()[..^1]))
        {
            return null;
        }

        return LabelJson.Read<T>([.. line[..length], (byte)'}'], where);
    }

    private static byte[] Tail(uint checksum) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"crc\":\"{checksum:x8}\"}}\n"));
}
