using Alignment.Training.Guards;
using Alignment.Training.Metrics;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Metrics;

namespace Alignment.Training.Tests.Runs;

public sealed class StageSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CollectedLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Start_NewFolder_IsFreshAndSaysRunning()
    {
        using var session = Begin();
        (session.IsDone, session.IsResumed).ShouldBe((false, false));
        File.Exists(session.Folder.Manifest).ShouldBeFalse();

        session.Start();

        StageManifest.TryLoad(session.Folder.Root)!.Status.ShouldBe(StageStatus.Running);
    }

    [Fact]
    public void Begin_AfterFinish_IsDoneUntilAResultChanges()
    {
        using (var session = Begin())
        {
            FinishWithModel(session);
        }

        using (var again = Begin())
        {
            again.IsDone.ShouldBeTrue();
            again.Manifest.Measures["accuracy"].ShouldBe(0.75);
        }

        _folder.Write("out/model/config.json", "changed");
        using var third = Begin();
        (third.IsDone, third.IsResumed).ShouldBe((false, true)); // the last checkpoint is at the end, so only the results are made again
        _log.Text.ShouldContain("model/config.json");
    }

    [Fact]
    public void Begin_UnfinishedWithTheSameFingerprint_ResumesAndKeepsWhatIsThere()
    {
        using (var first = Begin())
        {
            first.Start();
        }

        _folder.Write("out/checkpoints/step-1/x", "x");

        using var session = Begin();
        session.Start();

        session.IsResumed.ShouldBeTrue();
        File.Exists(_folder["out", "checkpoints", "step-1", "x"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0.2, false)]
    [InlineData(0.1, true)]
    public void Start_OtherOptionsOrAfresh_ClearsTheOldOutput(double beta, bool afresh)
    {
        using (var session = Begin())
        {
            FinishWithModel(session);
        }

        using var next = Begin(beta, afresh);
        next.Start();

        (next.IsDone, next.IsResumed).ShouldBe((false, false));
        Directory.Exists(next.Folder.Model).ShouldBeFalse();
        File.Exists(_folder["out", "results.json"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0.2, false)]
    [InlineData(0.1, true)]
    public void Dispose_RefusedBeforeStart_LeavesTheOldResultDone(double beta, bool afresh)
    {
        using (var session = Begin())
        {
            FinishWithModel(session);
        }

        Begin(beta, afresh).Dispose();

        using var again = Begin();
        again.IsDone.ShouldBeTrue();
        File.Exists(_folder["out", "results.json"]).ShouldBeTrue();
    }

    [Fact]
    public void Begin_DamagedManifest_StartsAfreshAndSaysSo()
    {
        _folder.Write("out/manifest.json", "{");

        using var session = Begin();

        session.IsResumed.ShouldBeFalse();
        _log.Text.ShouldContain("damaged");
    }

    [Fact]
    public void Finish_ModelAndMetrics_HashesResultsAndWritesTheReport()
    {
        using var session = Begin();
        using (var metrics = session.OpenMetrics(null, new Dictionary<string, GuardOptions>()))
        {
            metrics.Write(1, [new("loss", 1)]);
        }

        session.Count("train/rows", 12);
        FinishWithModel(session);

        var manifest = StageManifest.TryLoad(session.Folder.Root)!;
        manifest.Status.ShouldBe(StageStatus.Done);
        manifest.Results.Keys.ShouldBe(["model/config.json", "results.json"]);
        manifest.Results["results.json"].ShouldBe(ContentHash.OfText("{}"));
        manifest.Counts["train/rows"].ShouldBe(12);
        manifest.Seconds.ShouldBeGreaterThan(0);
        File.ReadAllText(session.Folder.Report).ShouldContain("loss");
        Directory.GetFiles(session.Folder.TensorBoard).Length.ShouldBe(1);
    }

    [Fact]
    public void Measure_NaN_IsRefused()
    {
        using var session = Begin();

        Should.Throw<ArgumentOutOfRangeException>(() => session.Measure("accuracy", double.NaN));
    }

    private static void FinishWithModel(StageSession session)
    {
        session.Start();
        Directory.CreateDirectory(session.Folder.Model);
        File.WriteAllText(Path.Combine(session.Folder.Model, "config.json"), "{}");
        File.WriteAllText(Path.Combine(session.Folder.Root, "results.json"), "{}");
        session.Measure("accuracy", 0.75);
        session.Finish("results.json");
    }

    private StageSession Begin(double beta = 0.1, bool afresh = false)
    {
        var input = _folder.Write("data.jsonl", "{}");
        var invocation = new StageInvocation<Options>(
            "dpo", "dpo", new Options { Beta = beta }, 1, _folder["out"], "x.yaml", new Dictionary<string, string> { ["train.files[0]"] = input }, Afresh: afresh);
        return StageSession.Begin(invocation, console: StageConsole.Quiet(_log.Logger), otherResults: ["results.json"]);
    }

    private sealed record Options
    {
        public double Beta { get; init; }
    }
}
