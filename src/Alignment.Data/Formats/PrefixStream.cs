namespace Alignment.Data.Formats;

/// <summary>A stream whose first bytes can be looked at before they are read, also where it cannot seek.</summary>
internal sealed class PrefixStream : ReadingStream
{
    private readonly byte[] _head = new byte[2];
    private readonly int _length;
    private int _taken;

    public PrefixStream(Stream inner)
        : base(inner) => _length = inner.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);

    /// <summary>Whether it begins as gzip does.</summary>
    public bool IsGzip => _length == 2 && _head is [0x1F, 0x8B];

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_taken == _length)
        {
            return Inner.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _length - _taken);
        _head.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }
}
