using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class MachineLimitsTests
{
    [Fact]
    public void Measure_Briefly_GivesPositiveRatesInPairs()
    {
        var limits = MachineLimits.Measure(seconds: 0.001, elements: 1 << 16);

        limits.ShouldAllBe(limit => limit.Value > 0 && double.IsFinite(limit.Value));
        limits.Count(limit => limit.Name.Contains("after an elementwise op")).ShouldBe(8);
        limits.Count(limit => limit.Unit == "GFLOP/s").ShouldBe(16);
        limits.Count(limit => limit.Unit == "GB/s").ShouldBe(2);
        limits.Select(limit => limit.Name).Distinct().Count().ShouldBe(18);
    }
}
