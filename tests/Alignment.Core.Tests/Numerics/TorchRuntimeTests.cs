using Alignment.Core.Numerics;
using TorchSharp;

namespace Alignment.Core.Tests.Numerics;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Initialize_Twice_SetsTheThreadsAndReportsOnce()
    {
        var report = TorchRuntime.Initialize(new RuntimeOptions { Threads = 2 });

        var threads = report.Single(setting => setting.Name == "torch.set_num_threads");
        threads.Value.ShouldBe("2");
        torch.get_num_threads().ShouldBe(2);
        report.ShouldAllBe(setting => setting.Why.Length > 0);
        TorchRuntime.Initialize(new RuntimeOptions { Tune = false }).ShouldBeSameAs(report);
    }
}
