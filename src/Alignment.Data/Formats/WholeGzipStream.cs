using System.IO.Compression;

namespace Alignment.Data.Formats;

/// <summary>
/// Unpacks gzip and notices a file that was cut off, which <see cref="GZipStream"/> takes for its end: behind the file stands one more member with known bytes, and where they do
/// not come out, something is missing before them.
/// </summary>
/// <param name="packed">The file.</param>
internal sealed class WholeGzipStream(Stream packed) : ReadingStream(new GZipStream(new Followed(packed, MarkMember), CompressionMode.Decompress))
{
    private static readonly byte[] Mark = [0xFF, 0x00, 0xFE, 0x01, 0xFD, 0x02, 0xFC, 0x03];
    private static readonly byte[] MarkMember = Packed(Mark);

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is damaged or ends too early.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _end - _start <= Mark.Length)
        {
            Fill();
        }

        var count = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : Mark.Length));
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <summary>Reads on; what may be the mark stays until more comes or the end.</summary>
    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = Inner.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        if (read == 0)
        {
            _ended = true;
            _end -= Mark.Length;
            if (_end < 0 || !_buffer.AsSpan(_end, Mark.Length).SequenceEqual(Mark))
            {
                throw new InvalidDataException("it ends too early, or other bytes stand behind it");
            }
        }
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A stream with some bytes behind it.</summary>
    private sealed class Followed(Stream first, byte[] then) : ReadingStream(first)
    {
        private int _taken;

        /// <inheritdoc/>
        public override int Read(Span<byte> buffer)
        {
            if (_taken == 0 && Inner.Read(buffer) is > 0 and var read)
            {
                return read;
            }

            var count = Math.Min(buffer.Length, then.Length - _taken);
            then.AsSpan(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }
    }
}
