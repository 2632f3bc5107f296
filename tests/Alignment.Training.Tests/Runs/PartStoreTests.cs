using System.Text.Json.Nodes;
using Alignment.Training.Runs;
using Serilog.Core;

namespace Alignment.Training.Tests.Runs;

public sealed class PartStoreTests : IDisposable
{
    private static readonly JsonObject Key = new() { ["part"] = "numbers" };
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "parts-" + Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Get_SecondTime_GivesTheSameBitsWithoutComputing()
    {
        double[] numbers = [0.1 + 0.2, -0.0, 1.0 / 3, double.Epsilon, -7.25e300];
        Store().Get(Key, () => numbers);

        var found = Store().Get<double[]>(Key, () => throw new InvalidOperationException("computed again"));

        found.Select(BitConverter.DoubleToInt64Bits).ShouldBe(numbers.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void Get_DamagedFile_ComputesAgain()
    {
        Store().Get(Key, () => (double[])[1, 2]);
        var file = Directory.GetFiles(_folder).Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("[1,2]", "[1,3]"));

        Store().Get(Key, () => (double[])[1, 2]).ShouldBe([1, 2]);
        Store().Get<double[]>(Key, () => throw new InvalidOperationException()).ShouldBe([1, 2]);
    }

    [Fact]
    public void RemoveUnused_KeepsWhatWasAskedFor()
    {
        Store().Get(new JsonObject { ["part"] = "old" }, () => (double[])[1]);
        var store = Store();
        store.Get(Key, () => (double[])[1]);

        store.RemoveUnused();

        Directory.GetFiles(_folder).Length.ShouldBe(1);
        Store().Get<double[]>(Key, () => throw new InvalidOperationException()).ShouldBe([1]);
    }

    private PartStore Store() => new(_folder, Logger.None);
}
