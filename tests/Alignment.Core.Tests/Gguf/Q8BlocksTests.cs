using Alignment.Core.Gguf;

namespace Alignment.Core.Tests.Gguf;

public class Q8BlocksTests
{
    [Fact]
    public void Quantize_OneBlock_IsTheFormulaByHand()
    {
        // The largest is 254, so d = 254 / 127 = 2, which half precision holds as 0x4000; each byte is x / 2, halves away from zero.
        var values = new float[32];
        (values[0], values[1], values[2], values[3], values[31]) = (254, -3, 3, -254, 0.9f);
        var block = new byte[34];

        Q8Blocks.Quantize(values, block);

        block[..2].ShouldBe([0x00, 0x40]);
        block[2..6].Select(b => (int)(sbyte)b).ShouldBe([127, -2, 2, -127]); // -1.5 and 1.5 away from zero
        block[33].ShouldBe((byte)0); // 0.45
        block[6..33].ShouldAllBe(b => b == 0);

        var read = new float[32];
        Q8Blocks.Dequantize(block, read);
        read[..4].ShouldBe([254f, -4f, 4f, -254f]);
    }

    [Fact]
    public void Dequantize_RandomBlocks_AreWithinHalfAStepOfEachBlocksScale()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 32 * 50).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(10, (i / 32 % 7) - 3))).ToArray();
        var blocks = new byte[50 * Q8Blocks.Bytes];
        var read = new float[values.Length];

        Q8Blocks.Quantize(values, blocks);
        Q8Blocks.Dequantize(blocks, read);

        for (var block = 0; block < 50; block++)
        {
            var own = values.AsSpan(block * 32, 32).ToArray();
            var step = own.Max(Math.Abs) / 127;
            for (var i = 0; i < 32; i++)
            {
                // Half a step of rounding, and the scale itself is rounded to 11 bits: 127 · 2^-11 of a step, or 2^-25 where it is subnormal.
                Math.Abs(read[(block * 32) + i] - own[i]).ShouldBeLessThanOrEqualTo((0.5f + (127f / 2048)) * step + (127f / (1 << 25)));
            }
        }
    }

    [Fact]
    public void Quantize_Zeros_StayZeros()
    {
        var block = new byte[34];
        Array.Fill(block, (byte)7);
        Q8Blocks.Quantize(new float[32], block);
        block.ShouldAllBe(b => b == 0);
    }

    [Theory]
    [InlineData(1e10f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void Quantize_BeyondAHalfPrecisionScale_Throws(float value)
    {
        var values = new float[32];
        values[3] = value;
        Should.Throw<InvalidDataException>(() => Q8Blocks.Quantize(values, new byte[34])).Message.ShouldContain("does not fit into Q8_0");
    }

    [Fact]
    public void Quantize_SizesThatDoNotFit_Throws()
    {
        Should.Throw<ArgumentException>(() => Q8Blocks.Quantize(new float[33], new byte[34]));
        Should.Throw<ArgumentException>(() => Q8Blocks.Dequantize(new byte[33], new float[32]));
    }
}
