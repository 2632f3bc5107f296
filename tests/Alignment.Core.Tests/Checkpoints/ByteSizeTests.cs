using Alignment.Core.Checkpoints;

namespace Alignment.Core.Tests.Checkpoints;

public class ByteSizeTests
{
    [Theory]
    [InlineData("5GB", 5_000_000_000)]
    [InlineData("200 MB", 200_000_000)]
    [InlineData("1.5kib", 1536)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("17B", 17)]
    [InlineData("17", 17)]
    public void TryParse_ASize_GivesBytes(string text, long bytes)
    {
        ByteSize.TryParse(text, out var found).ShouldBeTrue();
        found.ShouldBe(bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("0GB")]
    [InlineData("-1GB")]
    [InlineData("5 elephants")]
    [InlineData("1e9")]
    [InlineData("99999999999TB")]
    public void TryParse_Nonsense_IsFalse(string? text) => ByteSize.TryParse(text, out _).ShouldBeFalse();
}
