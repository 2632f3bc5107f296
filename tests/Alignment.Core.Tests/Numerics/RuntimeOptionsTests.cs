using System.Collections;
using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class RuntimeOptionsTests
{
    [Fact]
    public void FromEnvironment_Nothing_IsTheDefault() => RuntimeOptions.FromEnvironment(new Hashtable()).ShouldBe(new RuntimeOptions());

    [Fact]
    public void FromEnvironment_EverySwitch_IsRead() => RuntimeOptions.FromEnvironment(new Hashtable
    {
        ["ALIGNMENT_TUNE"] = "off",
        ["ALIGNMENT_THREADS"] = "4",
        ["ALIGNMENT_BLAS_CORE"] = "Zen",
        ["ALIGNMENT_ATEN_CAPABILITY"] = "avx2",
        ["ALIGNMENT_OPENMP_BLAS"] = "0",
        ["ALIGNMENT_ALLOCATOR"] = "false",
    }).ShouldBe(new RuntimeOptions { Tune = false, Threads = 4, BlasCore = "Zen", AtenCapability = "avx2", OpenMpBlas = false, TuneAllocator = false });

    [Theory]
    [InlineData("ALIGNMENT_TUNE", "maybe")]
    [InlineData("ALIGNMENT_THREADS", "0")]
    [InlineData("ALIGNMENT_THREADS", "two")]
    public void FromEnvironment_BadValue_NamesTheVariable(string name, string value) =>
        Should.Throw<InvalidDataException>(() => RuntimeOptions.FromEnvironment(new Hashtable { [name] = value })).Message.ShouldContain(name);
}
