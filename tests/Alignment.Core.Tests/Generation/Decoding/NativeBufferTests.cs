using Alignment.Core.Generation.Decoding;

namespace Alignment.Core.Tests.Generation.Decoding;

public sealed class NativeBufferTests
{
    private const long Large = (64 << 20) + 4096;

    [Theory]
    [InlineData(100, false, 64)]
    [InlineData(Large, false, 64)]
    [InlineData(Large, true, 2 << 20)]
    public unsafe void Pointer_LiesOnItsBorderWithZerosBehindIt(long count, bool isStreamed, int border)
    {
        using var buffer = new NativeBuffer<byte>(count, clear: true, isStreamed);

        ((long)buffer.Pointer % border).ShouldBe(0);
        buffer.Count.ShouldBe(count);
        (buffer.Pointer[0] + buffer.Pointer[count / 2] + buffer.Pointer[count - 1]).ShouldBe(0);
        buffer.Pointer[count - 1] = 1;
    }

    [Fact]
    public unsafe void Dispose_OfAStreamedOne_GivesItsPagesBack()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        long alive;
        using (var buffer = new NativeBuffer<byte>(Large, isStreamed: true))
        {
            new Span<byte>(buffer.Pointer, (int)Large).Fill(1);
            alive = Environment.WorkingSet;
        }

        (alive - Environment.WorkingSet).ShouldBeGreaterThan(Large / 2);
    }
}
