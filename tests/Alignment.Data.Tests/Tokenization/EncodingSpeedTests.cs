using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class EncodingSpeedTests
{
    [Fact]
    public void Measure_Text_CountsItsBytesAndTokens()
    {
        var text = string.Concat(Enumerable.Repeat("ab é😀\n", 2000));

        var speeds = EncodingSpeed.Measure(() => TinyTokenizer.Instance, text, [1, 2]);

        speeds.Select(s => s.Threads).ShouldBe([1, 2]);
        speeds[0].Bytes.ShouldBe(2000 * 10);
        speeds[0].Tokens.ShouldBe(2000 * 9);
        speeds.ShouldAllBe(s => s.MegabytesPerSecond > 0);
        Should.Throw<InvalidDataException>(() => EncodingSpeed.Measure(() => TinyTokenizer.Instance, "", [1]));
    }
}
