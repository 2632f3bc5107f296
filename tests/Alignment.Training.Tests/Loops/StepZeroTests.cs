using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Loops;

public sealed class StepZeroTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_RowsThatAreIndependent_TrainAsWithoutTheCheck()
    {
        new ToyRun(_folder["checked"]) { RowsAreIndependent = true }.Run();
        new ToyRun(_folder["unchecked"]).Run();

        Lines("checked").ShouldBe(Lines("unchecked"));
    }

    [Fact]
    public void Run_MeanInThePlaceOfTheSum_IsRefusedBeforeTheFirstStep()
    {
        var run = new ToyRun(_folder["a"]) { RowsAreIndependent = true, Spoil = (sum, rows) => sum / rows.Length };
        var before = run.Model.Bytes();

        var error = Should.Throw<InvalidOperationException>(() => run.Run());

        error.Message.ShouldContain("self test before step 1: the rows toy.jsonl:1, toy.jsonl:13 have a loss of");
        run.Model.Bytes().ShouldBe(before);
        Directory.Exists(_folder["a", "checkpoints"]).ShouldBeFalse();
    }

    private string Lines(string run) => string.Join("\n", MetricsFile.Read(_folder[run, "metrics.jsonl"]).Select(line => string.Join(" ", line.Values)));
}
