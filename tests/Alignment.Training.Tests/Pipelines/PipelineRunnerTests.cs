using System.Diagnostics;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Options;

namespace Alignment.Training.Tests.Pipelines;

public sealed class PipelineRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _started = [];
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _file;
    private readonly string _run;

    public PipelineRunnerTests()
    {
        _run = _folder["out"];
        _folder.Write("data.jsonl", "{}");
        _file = _folder.Write("p.yaml", $$"""
            name: demo
            output: {{_run}}
            stages:
              base:
                kind: sft
                model: {{_folder["data.jsonl"]}}
              next:
                kind: sft
                model: stage:base
                epochs: 2
              last: { kind: sft, model: stage:next }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_Fresh_RunsEveryStageInOrderAndStreamsItsLines()
    {
        Run().ShouldBe(0);

        _started.ShouldBe([
            $"sft --config {_file} --stage base --afresh",
            $"sft --config {_file} --stage next --afresh",
            $"sft --config {_file} --stage last --afresh",
        ]);
        _output.ToString().ShouldContain($"pipeline demo ({_file}) -> {_run}, seed 1\n[1/3] base (sft): run (no output yet)\nbase | working\n[1/3] base (sft): done in ");
        _output.ToString().ShouldContain("done: 3 run, 0 up to date, in ");
    }

    [Fact]
    public void Run_Again_SkipsWhatIsUpToDate()
    {
        Run();

        Again().ShouldBe(0);

        _started.ShouldBeEmpty();
        _output.ToString().ShouldContain("[2/3] next (sft): skip (up to date)\n");
        _output.ToString().ShouldContain("done: 0 run, 3 up to date, in ");
    }

    [Theory]
    [InlineData("next.epochs=3", "[2/3] next (sft): run (epochs was 2)\n")]
    [InlineData("next.nested.beta=0.5", "[2/3] next (sft): run (nested.beta was 0.1)\n")]
    public void Run_OptionChanged_RunsThatStageAndLeavesOthersWithEqualInputs(string assignment, string line)
    {
        Run();

        Again(new() { Assignments = [assignment] }).ShouldBe(0);

        _started.ShouldBe([$"sft --config {_file} --stage next --set {assignment["next.".Length..]} --afresh"]);
        _output.ToString().ShouldContain(line);
    }

    [Fact]
    public void Run_InputChanged_RunsTheStagesThatReadIt()
    {
        Run();
        _folder.Write("data.jsonl", "{ }");

        Again();

        _output.ToString().ShouldContain($"[1/3] base (sft): run (input '{_folder["data.jsonl"]}' changed)\n");
        _started.Count.ShouldBe(1); // the fake stage's output does not depend on its input, so the next stages' inputs are equal
    }

    [Fact]
    public void Run_ResultChangedOrGone_RunsTheStageAgain()
    {
        Run();
        File.AppendAllText(_folder["out", "last", "model", "weights"], "x");

        Again();

        _output.ToString().ShouldContain("[3/3] last (sft): run (its result 'model/weights' is missing or was changed)\n");
        _started.Count.ShouldBe(1);
    }

    [Fact]
    public void Run_Interrupted_Resumes()
    {
        Run();
        var manifest = StageManifest.TryLoad(_folder["out", "last"])!;
        (manifest with { Status = StageStatus.Running }).Save(_folder["out", "last"]);

        Again();

        _started.ShouldBe([$"sft --config {_file} --stage last"]);
        _output.ToString().ShouldContain("[3/3] last (sft): resume (interrupted)\n");
    }

    [Fact]
    public void Run_DamagedManifest_StartsThatStageAfresh()
    {
        Run();
        File.WriteAllText(_folder["out", "last", "manifest.json"], "{");

        Again().ShouldBe(0);

        _output.ToString().ShouldContain("[3/3] last (sft): run (its manifest is damaged)\n");
        _started.Count.ShouldBe(1);
    }

    [Fact]
    public void Run_OtherSeed_RunsAllWithIt()
    {
        Run();

        Again(new() { Seed = 9, RunFolder = _run, Verbose = true });

        _started[0].ShouldBe($"sft --config {_file} --stage base --run-dir {_run} --seed 9 --afresh --verbose");
        _started.Count.ShouldBe(3);
        _output.ToString().ShouldContain("[1/3] base (sft): run (seed was 1)\n");
    }

    [Fact]
    public void Run_FromAndForce_RunsTheChosenOnes()
    {
        Run();

        Again(new() { From = "next", Force = true }).ShouldBe(0);
        _started.Select(s => s.Split("--stage ")[1]).ShouldBe(["next --afresh", "last --afresh"]);
        _output.ToString().ShouldContain("[1/2] next (sft): run (forced)\n");

        Again(new() { Only = ["base"], Force = true }).ShouldBe(0);
        _started.Count.ShouldBe(1);
    }

    [Fact]
    public void Run_OnlyWithoutItsParent_SaysWhatToRunFirst() =>
        Should.Throw<FileNotFoundException>(() => Run(new() { Only = ["next"] })).Message
            .ShouldBe($"{_file}:9: 'model' of stage 'next' is the output of stage 'base', but '{_run}/base/model' does not exist; run stage 'base' first");

    [Fact]
    public void Run_UnknownStageNamed_SaysWhatThereIs() =>
        Should.Throw<OptionsException>(() => Run(new() { From = "bse", Only = ["zzzz"] })).Problems.Select(p => p.ToString()).ShouldBe([
            $"--from: 'bse' is no stage of {_file}; did you mean 'base'? its stages: base (sft), next (sft), last (sft)",
            "--from: cannot be joined with --only; give one of them",
            $"--only: 'zzzz' is no stage of {_file}; its stages: base (sft), next (sft), last (sft)",
        ]);

    [Fact]
    public void Run_DryRun_PrintsThePlanAndStartsNothing()
    {
        Run(new() { DryRun = true }).ShouldBe(0);
        _output.ToString().ShouldEndWith("""
            base (sft): run (no output yet)
            next (sft): run (stage 'base' runs before it)
            last (sft): run (stage 'next' runs before it)
            dry run: nothing was started

            """);
        Directory.Exists(_run).ShouldBeFalse();

        Run();
        Again(new() { DryRun = true, Assignments = ["next.epochs=4"] }).ShouldBe(0);
        _started.ShouldBeEmpty();
        _output.ToString().ShouldContain("base (sft): skip (up to date)\nnext (sft): run (epochs was 2)\nlast (sft): run (stage 'next' runs before it)\n");
    }

    [Fact]
    public void Run_BadOptionsInALaterStage_StartsNothing()
    {
        var error = Should.Throw<OptionsException>(() => Run(new() { Assignments = ["last.epoch=4", "next.epochs=x"] }));

        error.Problems.Select(p => p.ToString()).ShouldBe([
            "--set last.epoch=4: stage 'last': unknown option 'epoch'; did you mean 'epochs'?",
            "--set next.epochs=x: stage 'next': 'epochs' is 'x'; it must be a whole number",
        ]);
        _started.ShouldBeEmpty();
        Directory.Exists(_run).ShouldBeFalse();
    }

    [Fact]
    public void Run_StageKilled_ReportsSignalLastLinesAndHowToGoOn()
    {
        Run(new() { Seed = 2 }, stage => stage == "next" ? "for i in $(seq 1 30); do echo line $i; done; echo to the end >&2; kill -9 $$" : null).ShouldBe(ExitCodes.StageFailed);

        var lines = _error.ToString().Split('\n');
        lines[0].ShouldStartWith("error: stage 'next' (sft) was killed by signal 9 (SIGKILL; the system does that when memory runs out) after ");
        lines[1].ShouldBe("its last lines:");
        lines[2..22].ShouldContain("  line 30");
        lines[2..22].ShouldContain("  to the end");
        lines[2..22].ShouldNotContain("  line 1");
        lines[22..].ShouldBe([
            $"to go on from its last checkpoint: alignment run {_file} --seed 2",
            $"to run the stage alone: alignment sft --config {_file} --stage next --seed 2",
            "",
        ]);
        _started.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("exit 3", "ended with code 3 (a file or folder is missing, or cannot be read or written)", "correct that, then go on with: alignment run ")]
    [InlineData("kill -11 $$", "was killed by signal 11 (SIGSEGV)", "to go on from its last checkpoint: alignment run ")]
    [InlineData("exit 1", "ended with code 1", "to go on from its last checkpoint: alignment run ")]
    public void Run_StageFails_GivesCauseAndCode4(string script, string cause, string remedy)
    {
        Run(null, _ => script).ShouldBe(ExitCodes.StageFailed);

        _error.ToString().ShouldStartWith($"error: stage 'base' (sft) {cause} after ");
        _error.ToString().ShouldContain($"\nit printed nothing\n{remedy}{_file}\n");
    }

    [Fact]
    public void Run_StageClaimsSuccessWithoutManifest_IsAFailure()
    {
        Run(null, _ => "true").ShouldBe(ExitCodes.StageFailed);

        _error.ToString().ShouldBe($"error: stage 'base' ended with code 0, but its manifest in '{_run}/base' does not say that it is done\n");
    }

    [Fact]
    public void Run_Cancelled_AsksTheStageToStopAndWaitsForIt()
    {
        using var source = new CancellationTokenSource();
        var mark = _folder["checkpoint"];
        source.CancelAfter(TimeSpan.FromMilliseconds(500));

        Run(null, _ => $"trap 'sleep 0.3; touch {mark}; exit 130' TERM; while true; do sleep 0.05; done", source.Token).ShouldBe(ExitCodes.Cancelled);

        File.Exists(mark).ShouldBeTrue();
        _error.ToString().ShouldStartWith("cancelled during stage 'base' after ");
        _error.ToString().ShouldEndWith($"; to go on from its last checkpoint: alignment run {_file}\n");
    }

    [Fact]
    public void Run_SecondRunnerOnOneFolder_IsRefused()
    {
        using var other = FolderLock.Take(_run, "pipeline 'demo'");

        Should.Throw<IOException>(() => Run()).Message.ShouldBe(
            $"pipeline 'demo' is already running in '{_run}' (lock file {_run}/.lock, process {Environment.ProcessId}); wait for it or stop it, or choose another folder with --run-dir");
    }

    [Fact]
    public void Run_ProgramMissing_SaysWhich() =>
        Should.Throw<FileNotFoundException>(() => Runner(_ => new ProcessStartInfo("/no/such/program")).Run(_file, new PipelineRunOptions())).Message
            .ShouldStartWith("the stage's program '/no/such/program' cannot be started: ");

    [Fact]
    public void Run_Rounds_RunsEachWithTheResultOfTheOneBefore()
    {
        WriteRounds();
        Run(new() { Assignments = ["again.stages.next.epochs=3", "next-2.epochs=4"] }).ShouldBe(0);

        _started.ShouldBe([
            $"sft --config {_file} --stage base --set again.stages.next.epochs=3 --afresh",
            $"sft --config {_file} --stage next-1 --set again.stages.next.epochs=3 --afresh",
            $"sft --config {_file} --stage next-2 --set again.stages.next.epochs=3 --set epochs=4 --afresh",
            $"sft --config {_file} --stage last --set again.stages.next.epochs=3 --afresh",
        ]);
        StageManifest.TryLoad(_folder["out", "next-1"])!.Options["epochs"]!.GetValue<int>().ShouldBe(3);
        StageManifest.TryLoad(_folder["out", "next-2"])!.Options["epochs"]!.GetValue<int>().ShouldBe(4);
        StageManifest.TryLoad(_folder["out", "next-2"])!.Inputs.Keys.ShouldBe([$"{_run}/next-1/model"]);
        StageManifest.TryLoad(_folder["out", "last"])!.Inputs.Keys.ShouldBe([$"{_run}/next-2/model"]);
    }

    [Fact]
    public void Run_MoreRounds_RunsOnlyTheNewOnes()
    {
        WriteRounds();
        Run();

        Again(new() { Assignments = ["again.times=3"] }).ShouldBe(0);

        _started.ShouldBe([$"sft --config {_file} --stage next-3 --set again.times=3 --afresh", $"sft --config {_file} --stage last --set again.times=3 --afresh"]);
    }

    [Fact]
    public void Run_OnlyOrFromABlock_TakesItsStages()
    {
        WriteRounds();
        Run();

        Again(new() { Only = ["again"], Force = true });
        _started.Select(line => line.Split(' ')[4]).ShouldBe(["next-1", "next-2"]);

        Again(new() { From = "again", Force = true });
        _started.Select(line => line.Split(' ')[4]).ShouldBe(["next-1", "next-2", "last"]);
    }

    [Fact]
    public void Run_BadOptionInRounds_IsToldOnce()
    {
        WriteRounds();
        Should.Throw<OptionsException>(() => Run(new() { Assignments = ["again.stages.next.epoch=4"] })).Problems.Select(p => p.ToString())
            .ShouldBe(["--set again.stages.next.epoch=4: stage 'next-1': unknown option 'epoch'; did you mean 'epochs'?"]);
    }

    private void WriteRounds() => _folder.Write("p.yaml", $$"""
        name: demo
        output: {{_run}}
        stages:
          base: { kind: sft, model: {{_folder["data.jsonl"]}} }
          again:
            kind: rounds
            times: 2
            start: { next: stage:base }
            stages:
              next: { kind: sft, model: stage:previous:next, epochs: 2 }
          last: { kind: sft, model: stage:last:next }
        """);

    private int Again(PipelineRunOptions? options = null)
    {
        _started.Clear();
        _output.GetStringBuilder().Clear();
        return Run(options);
    }

    // The stage is a shell in a process of its own. Unless a script is given, it leaves the output that a stage would.
    private int Run(PipelineRunOptions? options = null, Func<string, string?>? script = null, CancellationToken cancellation = default) =>
        Runner(arguments =>
        {
            _started.Add(string.Join(' ', arguments));
            var text = script?.Invoke(arguments[4]);
            if (text is null)
            {
                text = "echo working";
                WriteOutput(arguments);
            }

            return new ProcessStartInfo("/bin/sh", ["-c", text]);
        }).Run(_file, options ?? new PipelineRunOptions(), cancellation);

    private PipelineRunner Runner(Func<IReadOnlyList<string>, ProcessStartInfo> launch) =>
        new(new Dictionary<string, Type> { ["sft"] = typeof(SampleOptions) }, launch, _output, _error);

    private static void WriteOutput(IReadOnlyList<string> arguments)
    {
        var invocation = StageProgram.Understand<SampleOptions>("sft", StageArguments.Parse("sft", [.. arguments.Skip(1)]));
        var model = Path.Combine(invocation.OutputFolder, "model");
        Directory.CreateDirectory(model);
        File.WriteAllText(Path.Combine(model, "weights"), invocation.Name);
        var manifest = StageManifest.Begin("sft", invocation.Name, invocation.OptionsJson, invocation.Seed, invocation.Inputs.Values);
        (manifest with { Status = StageStatus.Done, Results = new Dictionary<string, string> { ["model/weights"] = ContentHash.OfFile(Path.Combine(model, "weights")) } })
            .Save(invocation.OutputFolder);
    }
}
