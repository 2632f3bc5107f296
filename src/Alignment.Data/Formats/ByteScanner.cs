using System.Buffers;

namespace Alignment.Data.Formats;

/// <summary>Reads a data file byte by byte or line by line and counts lines. Unpacks gzip, whatever the file is called; skips a UTF-8 byte order mark.</summary>
internal sealed class ByteScanner : IDisposable
{
    /// <summary>The most bytes of one row. More is no row but a damaged file, or one that is no data.</summary>
    public const int MostRowBytes = 32 << 20;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    public ByteScanner(string path)
    {
        _path = path;
        var file = path == DataFiles.StandardInput ? new PrefixStream(Console.OpenStandardInput()) : new PrefixStream(File.OpenRead(path));
        _stream = file.IsGzip ? new WholeGzipStream(file) : file;
        SkipByteOrderMark();
    }

    /// <summary>The line, from 1, of the byte that <see cref="Peek"/> shows.</summary>
    public int Line { get; private set; } = 1;

    public void Dispose() => _stream.Dispose();

    /// <summary>The next byte, which stays; -1 at the end.</summary>
    public int Peek() => _start < _end || Fill() ? _buffer[_start] : -1;

    /// <summary>Takes the next byte; -1 at the end.</summary>
    public int Read()
    {
        var value = Peek();
        if (value >= 0)
        {
            _start++;
            Line += value == '\n' ? 1 : 0;
        }

        return value;
    }

    /// <summary>Takes white space and shows the byte after it; -1 at the end.</summary>
    public int PeekPastSpace()
    {
        int value;
        while ((value = Peek()) is ' ' or '\t' or '\r' or '\n')
        {
            Read();
        }

        return value;
    }

    /// <summary>Takes the rest of the line into <paramref name="line"/>, its end left out. False at the end of the file.</summary>
    public bool ReadLine(ArrayBufferWriter<byte> line)
    {
        line.ResetWrittenCount();
        if (Peek() < 0)
        {
            return false;
        }

        do
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOf((byte)'\n');
            line.Write(length < 0 ? rest : rest[..length]);
            CheckLength(line.WrittenCount, Line);
            _start += length < 0 ? rest.Length : length + 1;
            if (length >= 0)
            {
                Line++;
                return true;
            }
        }
        while (Fill());
        return true;
    }

    /// <summary>Whether the line that begins here ends inside an object: a file of whole objects, not of one a line.</summary>
    public bool LineIsOpen()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var length = rest.IndexOf((byte)'\n');
        var line = length < 0 ? [] : rest[..length].TrimEnd(" \t\r"u8);
        return line.Length > 0 && line[^1] is (byte)'{' or (byte)'[' or (byte)',';
    }

    /// <summary>Which of two characters the line that begins here has more of; the first where both are equal.</summary>
    public char MoreInLine(char first, char second)
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var length = rest.IndexOf((byte)'\n');
        var line = length < 0 ? rest : rest[..length];
        return line.Count((byte)second) > line.Count((byte)first) ? second : first;
    }

    /// <summary>Refuses what is too long for a row.</summary>
    /// <exception cref="DataFormatException">It is.</exception>
    public void CheckLength(int bytes, int line)
    {
        if (bytes > MostRowBytes)
        {
            throw new DataFormatException($"{_path}:{line}", $"the row has more than {MostRowBytes >> 20} MB", "the file is damaged or no data file: cut the row, or take the file off the list");
        }
    }

    private void SkipByteOrderMark()
    {
        Fill();
        var head = _buffer.AsSpan(0, _end);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _start = 3;
        }
        else if (ForeignFiles.Find(head) is { } kind)
        {
            Dispose();
            throw new DataFormatException(_path, $"the file is {kind.Name}", kind.Advice);
        }
    }

    private bool Fill()
    {
        try
        {
            _start = 0;
            _end = _stream.ReadAtLeast(_buffer, 3, throwOnEndOfStream: false);
            return _end > 0;
        }
        catch (InvalidDataException e)
        {
            _end = 0;
            throw new DataFormatException($"{_path}:{Line}", $"the gzip data is damaged ({e.Message.TrimEnd('.')})", "copy or download the file again", e);
        }
    }
}
