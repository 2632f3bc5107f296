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
    public void StreamedOnes_OneAfterTheOther_TakeTheRoomOfOne()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var before = Environment.WorkingSet;
        for (var i = 0; i < 5; i++)
        {
            Write();
        }

        (Environment.WorkingSet - before).ShouldBeLessThan(Large / 2); // even the last has gone back
    }

    private static unsafe void Write()
    {
        using var buffer = new NativeBuffer<byte>(Large, isStreamed: true);
        new Span<byte>(buffer.Pointer, (int)Large).Fill(1);
    }
}
