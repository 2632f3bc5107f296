using Alignment.Training.Guards;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Options;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Loops;

namespace Alignment.Training.Tests.Guards;

/// <summary>Guards in a real loop: what is left on disk, and what a resumed run does.</summary>
public sealed class GuardedRunTests : IDisposable
{
    private static readonly TrainingOptions Options = ToyRun.Options with { Dtype = ComputePrecision.Fp32, LogEvery = 1, SaveEvery = 3, EvalEvery = 0, KeepLast = 9, MaxSteps = 12 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_Stopped_SavesNoBadStepNamesTheLastGoodOneAndStopsAgainWhenResumed()
    {
        // learning_rate rises over the warm-up: above 0.008 at steps 8 and 9
        var options = Options with { WarmupSteps = 9, Guards = Guard("learning_rate", 0.0075, GuardAction.Stop, lines: 2) };
        var stop = Should.Throw<GuardStopException>(() => new ToyRun(_folder["a"]).Run(options));

        stop.Message.ShouldContain("learning_rate is 0.009 at step 9, above 0.0075 for 2 lines in a row");
        stop.Message.ShouldContain($"the last good checkpoint is {_folder["a"]}/checkpoints/step-00000006");
        Directory.GetDirectories(_folder["a", "checkpoints"]).Select(Path.GetFileName).Order().ShouldBe(["step-00000003", "step-00000006"]);
        ExitCodes.Of(stop).ShouldBe(4);

        var again = Should.Throw<GuardStopException>(() => new ToyRun(_folder["a"]).Run(options));
        again.Message.ShouldBe(stop.Message);

        // With another bound the run goes on from there, and ends as one that was never stopped.
        new ToyRun(_folder["a"]).Run(options with { Guards = new Dictionary<string, GuardOptions>() });
        new ToyRun(_folder["b"]).Run(options with { Guards = new Dictionary<string, GuardOptions>() });
        Metrics("a").ShouldBe(Metrics("b"));
    }

    [Fact]
    public void Run_KilledBeforeTheBoundIsReached_WarnsWhereTheWholeRunDoes()
    {
        var options = Options with { WarmupSteps = 9, Guards = Guard("learning_rate", 0.0015, GuardAction.Warn, lines: 4) }; // out of bounds from step 2 on, warns at step 5
        var whole = new ToyRun(_folder["whole"]);
        whole.Run(options);
        whole.Log.Text.ShouldContain("learning_rate is 0.005 at step 5");

        var microBatches = 0;
        Should.Throw<TimeoutException>(() => new ToyRun(_folder["killed"]) { OnLoss = _ => { if (++microBatches == 9) { throw new TimeoutException(); } } }.Run(options)); // in step 5; steps 2 and 3 are before the checkpoint
        var resumed = new ToyRun(_folder["killed"]);
        resumed.Run(options);

        resumed.Log.Text.ShouldContain("learning_rate is 0.005 at step 5, above 0.0015 for 4 lines in a row");
        Metrics("killed").ShouldBe(Metrics("whole"));
    }

    [Fact]
    public void Fingerprint_OtherGuards_IsTheSame()
    {
        string Of(string guards) => StageManifest.Begin("sft", "a", OptionsJson.Write(OptionsBinder.BindText<Holder>($"training: {{ guards: {guards}, batch_size: 2 }}")), 1, []).Fingerprint;
        Of("{}").ShouldBe(Of("{ repetition: { off: true } }"));
    }

    private static Dictionary<string, GuardOptions> Guard(string metric, double above, GuardAction action, int lines) =>
        new() { ["mine"] = new() { Metric = [metric], Above = above, Action = action, Lines = lines } };

    private string Metrics(string run) => string.Join("\n", MetricsFile.Read(_folder[run, "metrics.jsonl"])
        .Select(line => $"{line.Step} {string.Join(" ", line.Values.Select(pair => $"{pair.Key}={pair.Value:R}"))}"));

    private sealed record Holder
    {
        public TrainingOptions Training { get; init; } = new();
    }
}
