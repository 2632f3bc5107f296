using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Alignment.Core.Numerics;

/// <summary>One named seed per purpose, so that drawing more numbers for one never shifts another.</summary>
public static class Seeds
{
    /// <summary>
    /// The seed for one purpose of a run: the first eight bytes of SHA-256("alignment-seed/1\n" + seed as eight little-endian bytes +
    /// purpose in UTF-8), as a non-negative number. The same on every machine and in every version.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for, e.g. "init", "shuffle", "dropout", "sampling".</param>
    /// <exception cref="ArgumentException">The purpose is empty.</exception>
    public static long Derive(long seed, string purpose)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(purpose);
        var prefix = "alignment-seed/1\n"u8;
        var message = new byte[prefix.Length + sizeof(long) + Encoding.UTF8.GetByteCount(purpose)];
        prefix.CopyTo(message);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(prefix.Length), seed);
        Encoding.UTF8.GetBytes(purpose, message.AsSpan(prefix.Length + sizeof(long)));
        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(message)) & long.MaxValue;
    }
}
