using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class RealCoresTests
{
    [Fact]
    public void ParseList_RangesAndNumbers_GivesAll() => RealCores.ParseList(" 0-2,5,7-8").ShouldBe([0, 1, 2, 5, 7, 8]);

    // Four processors, two hardware threads to a core.
    [Fact]
    public void DistinctCores_HardwareThreads_CountOncePerCore() =>
        RealCores.DistinctCores([0, 1, 2, 3], processor => processor % 2 == 0 ? "0,2" : "1,3").ShouldBe(2);

    [Fact]
    public void DistinctCores_UnknownTopology_IsZero() => RealCores.DistinctCores([0, 1], _ => null).ShouldBe(0);

    [Fact]
    public void Count_ThisMachine_IsWithinDotnetsCount()
    {
        if (RealCores.Count() is { } count)
        {
            count.ShouldBeInRange(1, Environment.ProcessorCount);
        }
        else
        {
            OperatingSystem.IsLinux().ShouldBeFalse();
        }
    }
}
