using System.Numerics;

namespace Alignment.Training.Metrics;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4) and TensorFlow's masked form of it.</summary>
public static class Crc32C
{
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>The checksum.</summary>
    /// <param name="bytes">What it is of.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>Rotated by 15 bits plus a constant, because a CRC of data that holds its own CRC is weak (TFRecord format).</summary>
    /// <param name="bytes">What it is of.</param>
    public static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Compute(bytes), 15) + MaskDelta;
}
