using System.Text;

namespace Alignment.Core.Tests.Gguf;

/// <summary>GGUF files put together by hand, right or wrong.</summary>
internal sealed class GgufBytes
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Start(ulong tensors, ulong keys, uint version = 3) => new GgufBytes().Raw("GGUF"u8.ToArray()).UInt32(version).UInt64(tensors).UInt64(keys).ToArray();

    public static GgufBytes With(ulong tensors, ulong keys) => new GgufBytes().Raw(Start(tensors, keys));

    public GgufBytes Raw(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public GgufBytes UInt32(uint value) => Raw(BitConverter.GetBytes(value));

    public GgufBytes UInt64(ulong value) => Raw(BitConverter.GetBytes(value));

    public GgufBytes Text(string text) => UInt64((ulong)Encoding.UTF8.GetByteCount(text)).Raw(Encoding.UTF8.GetBytes(text));

    /// <summary>A tensor info; sizes innermost first, as in the file.</summary>
    public GgufBytes Info(string name, ulong[] sizes, uint type, ulong offset)
    {
        Text(name).UInt32((uint)sizes.Length);
        foreach (var size in sizes)
        {
            UInt64(size);
        }

        return UInt32(type).UInt64(offset);
    }

    /// <summary>Zeros up to a multiple of 32, then as many more.</summary>
    public byte[] Data(int bytes = 0)
    {
        var head = _bytes.ToArray();
        return [.. head, .. new byte[((head.Length + 31) / 32 * 32) - head.Length + bytes]];
    }

    public byte[] ToArray() => _bytes.ToArray();
}
