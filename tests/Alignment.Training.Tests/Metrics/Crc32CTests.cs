using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class Crc32CTests
{
    [Fact]
    public void Compute_CheckString_IsTheCataloguedValue()
    {
        Crc32C.Compute("123456789"u8).ShouldBe(0xE3069283); // the check value of CRC-32/ISCSI
    }

    [Fact]
    public void Compute_ThirtyTwoZeros_IsRfc3720sExample()
    {
        Crc32C.Compute(new byte[32]).ShouldBe(0x8A9136AAu); // RFC 3720 B.4: aa 36 91 8a, least significant byte first
    }

    [Fact]
    public void Masked_LengthOf24_IsTheHeadOfEveryEventFile()
    {
        // Event files of TensorFlow begin 18 00 00 00 00 00 00 00 a3 7f 4b 22: their first record has 24 bytes.
        Crc32C.Masked([24, 0, 0, 0, 0, 0, 0, 0]).ShouldBe(0x224B7FA3u);
    }
}
