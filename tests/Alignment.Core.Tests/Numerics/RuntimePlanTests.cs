using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class RuntimePlanTests
{
    [Fact]
    public void Variables_Avx512WithAPinnedShell_OverridesAndSaysSo()
    {
        var settings = Variables(new RuntimeOptions(), new() { ["OPENBLAS_CORETYPE"] = "Haswell", ["OPENBLAS_L2_SIZE"] = "512" });

        var core = settings["OPENBLAS_CORETYPE"];
        core.Value.ShouldBe("SkylakeX");
        core.Found.ShouldBe("Haswell");
        core.IsOverride.ShouldBeTrue();
        core.Why.ShouldContain("'Haswell'");
        settings["OPENBLAS_L2_SIZE"].Value.ShouldBeNull();
        settings["ATEN_CPU_CAPABILITY"].Value.ShouldBe("avx512");
        settings["OMP_NUM_THREADS"].Value.ShouldBe("6");
        settings["GOMP_SPINCOUNT"].Value.ShouldBe("1000");
    }

    [Theory]
    [InlineData(false, true, "Haswell")]
    [InlineData(false, false, null)]
    public void Variables_OlderProcessor_GetsItsKernels(bool hasAvx512, bool hasAvx2, string? core)
    {
        var settings = Variables(new RuntimeOptions(), [], hasAvx512, hasAvx2);

        settings["OPENBLAS_CORETYPE"].Value.ShouldBe(core);
        settings["ATEN_CPU_CAPABILITY"].Value.ShouldBeNull();
    }

    [Fact]
    public void Variables_Keep_ChangesNothing()
    {
        var options = new RuntimeOptions { BlasCore = "keep", AtenCapability = "keep" };

        var settings = Variables(options, new() { ["OPENBLAS_CORETYPE"] = "Zen", ["OPENBLAS_L2_SIZE"] = "512" });

        settings["OPENBLAS_CORETYPE"].Value.ShouldBe("Zen");
        settings["ATEN_CPU_CAPABILITY"].Value.ShouldBeNull();
        settings.ShouldNotContainKey("OPENBLAS_L2_SIZE");
    }

    [Fact]
    public void Threads_EnvironmentThenOption_OptionWins()
    {
        Variables(new RuntimeOptions(), new() { ["OMP_NUM_THREADS"] = "3,1" })["OMP_NUM_THREADS"].Value.ShouldBe("3");
        Variables(new RuntimeOptions { Threads = 2 }, new() { ["OMP_NUM_THREADS"] = "3" })["OMP_NUM_THREADS"].Value.ShouldBe("2");
    }

    [Fact]
    public void Variables_WaitPolicyOfTheEnvironment_IsLeft() =>
        Variables(new RuntimeOptions(), new() { ["OMP_WAIT_POLICY"] = "ACTIVE" })["GOMP_SPINCOUNT"].Value.ShouldBeNull();

    [Fact]
    public void Variables_AllocatorLeftAlone_TheBindingIsTold()
    {
        Variables(new RuntimeOptions { TuneAllocator = false }, [])["ALIGNMENT_ALLOCATOR"].Value.ShouldBe("0");
        Variables(new RuntimeOptions(), []).ShouldNotContainKey("ALIGNMENT_ALLOCATOR");
    }

    [Fact]
    public void Variables_UnknownCapability_Throws() =>
        Should.Throw<InvalidDataException>(() => Variables(new RuntimeOptions { AtenCapability = "sse" }, [])).Message.ShouldContain("avx512");

    private static Dictionary<string, RuntimeSetting> Variables(
        RuntimeOptions options, Dictionary<string, string> environment, bool hasAvx512 = true, bool hasAvx2 = true) =>
        new RuntimePlan(options, name => environment.GetValueOrDefault(name), realCores: 6).Variables(hasAvx512, hasAvx2).ToDictionary(setting => setting.Name);
}
