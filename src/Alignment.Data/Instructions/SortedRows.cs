using System.Buffers;

namespace Alignment.Data.Instructions;

/// <summary>
/// Lines in the order of their keys, however many: what is too much for memory goes to files in sorted runs, which are merged at the end.
/// Equal keys keep the order in which they came.
/// </summary>
/// <param name="folder">For the runs; removed with them.</param>
/// <param name="runBytes">Bytes of a run in memory.</param>
internal sealed class SortedRows(string folder, int runBytes = 64 << 20) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly List<(double Key, ulong Tie, int Start, int Length)> _entries = [];
    private readonly List<string> _runs = [];

    /// <summary>Adds a line.</summary>
    /// <param name="key">The lowest comes first.</param>
    /// <param name="tie">Decides between equal keys.</param>
    /// <param name="line">Its bytes, without the line break.</param>
    public void Add(double key, ulong tie, ReadOnlySpan<byte> line)
    {
        if (_entries.Count > 0 && _lines.WrittenCount + line.Length > runBytes)
        {
            WriteRun();
        }

        _entries.Add((key, tie, _lines.WrittenCount, line.Length));
        _lines.Write(line);
    }

    /// <summary>Writes all lines.</summary>
    /// <param name="target">Where to.</param>
    public void WriteTo(Stream target)
    {
        if (_runs.Count == 0)
        {
            foreach (var entry in Sorted())
            {
                target.Write(_lines.WrittenSpan.Slice(entry.Start, entry.Length));
                target.WriteByte((byte)'\n');
            }

            return;
        }

        WriteRun();
        var readers = _runs.Select(path => new BinaryReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16))).ToList();
        try
        {
            var next = new PriorityQueue<int, (double, ulong, int)>();
            for (var run = 0; run < readers.Count; run++)
            {
                Enqueue(run);
            }

            while (next.TryDequeue(out var run, out _))
            {
                target.Write(readers[run].ReadBytes(readers[run].ReadInt32()));
                target.WriteByte((byte)'\n');
                Enqueue(run);
            }

            void Enqueue(int run)
            {
                var stream = readers[run].BaseStream;
                if (stream.Position < stream.Length)
                {
                    next.Enqueue(run, (readers[run].ReadDouble(), readers[run].ReadUInt64(), run));
                }
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    /// <summary>Removes the runs.</summary>
    public void Dispose()
    {
        if (_runs.Count > 0)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<(double Key, ulong Tie, int Start, int Length)> Sorted() => _entries.Order();

    private void WriteRun()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FormattableString.Invariant($"{_runs.Count}.run"));
        using (var writer = new BinaryWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16)))
        {
            foreach (var entry in Sorted())
            {
                writer.Write(entry.Key);
                writer.Write(entry.Tie);
                writer.Write(entry.Length);
                writer.Write(_lines.WrittenSpan.Slice(entry.Start, entry.Length));
            }
        }

        _runs.Add(path);
        _entries.Clear();
        _lines.ResetWrittenCount();
    }
}
