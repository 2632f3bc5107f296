namespace Alignment.Cli.Tests;

/// <summary>Directory.Build.props, as every program of the repository has it, this one too.</summary>
public sealed class GarbageTests
{
    private static byte[] _last = [];

    [Fact]
    public void Garbage_IsCollectedEveryTwoMebibytes()
    {
        var before = GC.CollectionCount(0);
        for (var i = 0; i < 64 << 10; i++)
        {
            _last = new byte[1000]; // 64 MiB in all; in a field, so that none is made on the stack
        }

        (GC.CollectionCount(0) - before).ShouldBeGreaterThanOrEqualTo(20, $"the last has {_last.Length} bytes");
    }
}
