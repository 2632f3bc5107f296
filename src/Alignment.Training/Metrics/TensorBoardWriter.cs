using System.Buffers.Binary;
using System.Text;

namespace Alignment.Training.Metrics;

/// <summary>
/// Writes scalars as a TensorBoard event file: TFRecord frames around the protocol buffer <c>tensorflow.Event</c>.
/// Tags are <c>train/NAME</c>, and <c>eval/NAME</c> for metrics called <c>eval_NAME</c>.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private const string EvalPrefix = "eval_";

    // Field number << 3 | wire type, of Event, Summary and Summary.Value.
    private const byte EventWallTime = (1 << 3) | 1;
    private const byte EventStep = (2 << 3) | 0;
    private const byte EventFileVersion = (3 << 3) | 2;
    private const byte EventSummary = (5 << 3) | 2;
    private const byte SummaryValue = (1 << 3) | 2;
    private const byte ValueTag = (1 << 3) | 2;
    private const byte ValueSimple = (2 << 3) | 5;

    private readonly FileStream _stream;

    private TensorBoardWriter(FileStream stream) => _stream = stream;

    /// <summary>Makes the folder's one event file anew from the lines that count; the JSONL file is the truth, this one follows it.</summary>
    /// <param name="folder">The folder; made when missing, old event files in it are removed.</param>
    /// <param name="lines">What was logged before.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static TensorBoardWriter Rebuild(string folder, IReadOnlyList<MetricsLine> lines)
    {
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.EnumerateFiles(folder, "events.out.tfevents.*"))
        {
            File.Delete(old);
        }

        var begun = lines.Count > 0 ? lines[0].Time : DateTimeOffset.UtcNow;
        var path = Path.Combine(folder, $"events.out.tfevents.{begun.ToUnixTimeSeconds():D10}.alignment");
        var writer = new TensorBoardWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        writer.WriteFileVersion(begun);
        foreach (var line in lines)
        {
            writer.Write(line);
        }

        return writer;
    }

    /// <summary>Appends a line's finite values as one event.</summary>
    /// <param name="line">The line.</param>
    public void Write(MetricsLine line)
    {
        using var summary = new MemoryStream();
        Span<byte> single = stackalloc byte[sizeof(float)];
        foreach (var (name, value) in line.Values.Where(pair => double.IsFinite(pair.Value)))
        {
            using var field = new MemoryStream();
            WriteText(field, ValueTag, Tag(name));
            field.WriteByte(ValueSimple);
            BinaryPrimitives.WriteSingleLittleEndian(single, (float)value);
            field.Write(single);
            WriteMessage(summary, SummaryValue, field);
        }

        using var record = new MemoryStream();
        WriteWallTime(record, line.Time);
        record.WriteByte(EventStep);
        WriteVarint(record, (ulong)line.Step);
        WriteMessage(record, EventSummary, summary);
        WriteRecord(record);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static string Tag(string name) =>
        name.StartsWith(EvalPrefix, StringComparison.Ordinal) ? "eval/" + name[EvalPrefix.Length..] : "train/" + name;

    private void WriteFileVersion(DateTimeOffset time)
    {
        using var record = new MemoryStream();
        WriteWallTime(record, time);
        WriteText(record, EventFileVersion, "brain.Event:2");
        WriteRecord(record);
    }

    /// <summary>length (uint64), masked CRC of the length, data, masked CRC of the data.</summary>
    private void WriteRecord(MemoryStream record)
    {
        var data = record.ToArray();
        var frame = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), Crc32C.Masked(frame.AsSpan(0, 8)));
        data.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + data.Length), Crc32C.Masked(data));
        _stream.Write(frame);
    }

    private static void WriteWallTime(Stream target, DateTimeOffset time)
    {
        target.WriteByte(EventWallTime);
        Span<byte> seconds = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(seconds, time.ToUnixTimeMilliseconds() / 1000.0);
        target.Write(seconds);
    }

    private static void WriteText(Stream target, byte key, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        target.WriteByte(key);
        WriteVarint(target, (ulong)bytes.Length);
        target.Write(bytes);
    }

    private static void WriteMessage(Stream target, byte key, MemoryStream message)
    {
        target.WriteByte(key);
        WriteVarint(target, (ulong)message.Length);
        message.WriteTo(target);
    }

    private static void WriteVarint(Stream target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.WriteByte((byte)(value | 0x80));
        }

        target.WriteByte((byte)value);
    }
}
