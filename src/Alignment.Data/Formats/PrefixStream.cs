namespace Alignment.Data.Formats;

/// <summary>A stream whose first bytes can be looked at before they are read, also where it cannot seek.</summary>
internal sealed class PrefixStream : Stream
{
    private readonly Stream _inner;
    private readonly byte[] _head = new byte[2];
    private readonly int _length;
    private int _taken;

    public PrefixStream(Stream inner)
    {
        _inner = inner;
        _length = inner.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
    }

    /// <summary>Whether it begins as gzip does.</summary>
    public bool IsGzip => _length == 2 && _head is [0x1F, 0x8B];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_taken == _length)
        {
            return _inner.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _length - _taken);
        _head.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
