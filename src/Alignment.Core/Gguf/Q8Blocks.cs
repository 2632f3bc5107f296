using System.Buffers.Binary;

namespace Alignment.Core.Gguf;

/// <summary>
/// The <c>Q8_0</c> type: each 32 numbers of a row become a half-precision scale d = max|x| / 127 and 32 signed bytes round(x / d),
/// halves away from zero; a number is read back as d · byte. Source: github.com/ggml-org/ggml, <c>block_q8_0</c>.
/// </summary>
public static class Q8Blocks
{
    /// <summary>Numbers in a block.</summary>
    public const int Elements = 32;

    /// <summary>Bytes of a block.</summary>
    public const int Bytes = 2 + Elements;

    /// <summary>Quantises whole blocks.</summary>
    /// <param name="values">A multiple of 32 numbers.</param>
    /// <param name="blocks">34 bytes for each 32 numbers.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    /// <exception cref="InvalidDataException">A number beyond what a half-precision scale can hold, or not finite.</exception>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> blocks)
    {
        Check(values.Length, blocks.Length);
        for (; values.Length > 0; values = values[Elements..], blocks = blocks[Bytes..])
        {
            var block = values[..Elements];
            var largest = 0f;
            foreach (var value in block)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            var scale = largest / 127;
            if (!Half.IsFinite((Half)scale))
            {
                throw new InvalidDataException($"a number of size {largest} does not fit into Q8_0; the most is {127 * (float)Half.MaxValue}");
            }

            // The exact scale divides, the rounded one is stored: so does every writer of the format.
            var inverse = scale == 0 ? 0 : 1 / scale;
            BinaryPrimitives.WriteHalfLittleEndian(blocks, (Half)scale);
            for (var i = 0; i < Elements; i++)
            {
                blocks[2 + i] = (byte)(sbyte)MathF.Round(block[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }

    /// <summary>Reads whole blocks back.</summary>
    /// <param name="blocks">34 bytes for each 32 numbers.</param>
    /// <param name="values">A multiple of 32 numbers.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        Check(values.Length, blocks.Length);
        for (; values.Length > 0; values = values[Elements..], blocks = blocks[Bytes..])
        {
            var scale = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            for (var i = 0; i < Elements; i++)
            {
                values[i] = scale * (sbyte)blocks[2 + i];
            }
        }
    }

    private static void Check(int values, int bytes)
    {
        if (values % Elements != 0 || bytes != values / Elements * Bytes)
        {
            throw new ArgumentException($"{values} numbers are {values / (double)Elements} blocks, {bytes} bytes are {bytes / (double)Bytes}.");
        }
    }
}
