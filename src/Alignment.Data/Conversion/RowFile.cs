using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Conversion;

/// <summary>A file of rows that is written aside, synced and renamed: at every moment there is the old file or the whole new one.</summary>
internal sealed class RowFile : IDisposable
{
    private const string PartialSuffix = ".partial";
    private readonly string? _path;
    private readonly Stream _file;
    private readonly Stream _stream;
    private readonly string _kind;
    private readonly Remarks _remarks;
    private readonly bool _hasMeta;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private readonly Utf8JsonWriter _json;
    private List<string>? _header;
    private long _rows;
    private bool _finished;

    private RowFile(string? path, Stream file, string kind, bool gzip, Remarks remarks, bool hasMeta)
    {
        (_path, _file, _kind, _remarks, _hasMeta) = (path, file, kind, remarks, hasMeta);
        _stream = gzip ? new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true) : file;
        _json = new Utf8JsonWriter(_buffer, JsonOutput.Writer);
    }

    /// <summary>Begins a file; <c>-</c> is the standard output.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remarks">Takes what is lost.</param>
    /// <param name="hasMeta">Whether a table has the column <c>meta</c> even if its first row has none.</param>
    public static RowFile Create(string path, Remarks remarks, bool hasMeta = true)
    {
        if (path == DataFiles.StandardInput)
        {
            return new RowFile(null, Console.OpenStandardOutput(), ".jsonl", gzip: false, remarks, hasMeta);
        }

        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var file = new FileStream(full + PartialSuffix, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        return new RowFile(full, file, DataFiles.Extension(path), path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase), remarks, hasMeta);
    }

    /// <summary>Writes one row.</summary>
    public void Write(JsonObject row, string id)
    {
        if (_kind is ".csv" or ".tsv")
        {
            WriteCells(row, id);
        }
        else
        {
            Put(_rows == 0 ? (_kind == ".json" ? "[\n" : "") : _kind == ".json" ? ",\n" : "");
            _json.Reset();
            row.WriteTo(_json);
            _json.Flush();
            Put(_kind == ".json" ? "" : "\n");
        }

        _rows++;
        if (_buffer.WrittenCount >= 1 << 16)
        {
            Flush();
        }
    }

    /// <summary>Ends the file and puts it in place.</summary>
    public void Finish()
    {
        Complete();
        Place();
    }

    /// <summary>Ends the file, which is then whole on the disk, but not yet in place.</summary>
    public void Complete()
    {
        Put(_kind == ".json" ? "\n]\n" : "");
        Flush();
        if (_stream != _file)
        {
            _stream.Dispose();
        }

        if (_path is null)
        {
            _file.Flush();
        }
        else
        {
            ((FileStream)_file).Flush(flushToDisk: true);
            _file.Dispose();
        }
    }

    /// <summary>Puts a complete file in place.</summary>
    public void Place()
    {
        if (_path is not null)
        {
            File.Move(_path + PartialSuffix, _path, overwrite: true);
        }

        _finished = true;
    }

    /// <summary>Closes the file; one that was not finished is removed.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
        if (!_finished && _path is not null)
        {
            File.Delete(_path + PartialSuffix);
        }
    }

    private void WriteCells(JsonObject row, string id)
    {
        if (_header is null)
        {
            _header = [.. row.Select(pair => pair.Key).Union(_hasMeta ? ["meta"] : [])];
            Put(Line(_header));
        }

        foreach (var (name, _) in row.Where(pair => !_header.Contains(pair.Key)))
        {
            _remarks.Add($"lost: '{name}', a column that the table's first row does not have", id);
        }

        Put(Line(_header.Select(name => Text(row[name]))));
    }

    private string Line(IEnumerable<string> cells) => string.Join(_kind == ".tsv" ? '\t' : ',', cells.Select(Cell)) + "\n";

    private string Cell(string text) => text.AsSpan().IndexOfAny("\",;\t\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value when value.TryGetValue<double>(out var number) => number.ToString("R", CultureInfo.InvariantCulture),
        _ => node.ToJsonString(JsonOutput.Options),
    };

    private void Put(string text)
    {
        if (text.Length > 0)
        {
            Encoding.UTF8.GetBytes(text, _buffer);
        }
    }

    private void Flush()
    {
        _stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
