using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Alignment.Cli.Tests;

/// <summary>Signals to the pipeline runner and to its stage, both processes of their own.</summary>
public sealed class StoppingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;
    private readonly string _pidFile;

    public StoppingTests()
    {
        _pidFile = Path.Combine(_folder, "runs", "demo", "tok", ".lock.pid");

        // Enough to train on for many seconds: distinct words, so that every merge has work to do.
        var random = new Random(1);
        using (var text = File.CreateText(Path.Combine(_folder, "a.txt")))
        {
            for (var i = 0; i < 1_500_000; i++)
            {
                text.Write($"{random.NextInt64(1L << 40):x} ");
            }
        }

        File.WriteAllText(Path.Combine(_folder, "p.yaml"), "name: demo\nstages: { tok: { kind: tokenizer, files: [a.txt], vocab_size: 30000 } }\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_StageKilled_ReportsItAndGives4()
    {
        using var runner = Start("run", "p.yaml");
        Signal(9, StagePid());

        var (code, error) = End(runner);

        code.ShouldBe(4);
        error.ShouldStartWith("error: stage 'tok' (tokenizer) was killed by signal 9 (SIGKILL; the system does that when memory runs out) after ");
        error.ShouldContain("\nto go on from its last checkpoint: alignment run p.yaml\nto run the stage alone: alignment tokenizer --config p.yaml --stage tok\n");
        Cli.RunIn(_folder, "run", "p.yaml", "--dry-run").Output.ShouldContain("tok (tokenizer): run (no output yet)\n");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public void Run_RunnerAskedToStop_StopsTheStageAndGives130(int signal)
    {
        using var runner = Start("run", "p.yaml");
        var stage = StagePid();
        Signal(signal, runner.Id);

        var (code, error) = End(runner);

        code.ShouldBe(130);
        error.ShouldStartWith("cancelled during stage 'tok' after ");
        IsAlive(stage).ShouldBeFalse();
    }

    [Fact]
    public void Run_RunnerKilled_TheStageStopsToo()
    {
        using var runner = Start("run", "p.yaml");
        var stage = StagePid();
        Signal(9, runner.Id);
        End(runner).Code.ShouldBe(128 + 9);

        var clock = Stopwatch.StartNew();
        while (IsAlive(stage) && clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            Thread.Sleep(20);
        }

        IsAlive(stage).ShouldBeFalse();
        Cli.RunIn(_folder, "run", "p.yaml", "--dry-run").Output.ShouldContain("tok (tokenizer): run (no output yet)\n"); // it did not just finish
    }

    [Fact]
    public void Run_SecondRunner_IsRefused()
    {
        using var runner = Start("run", "p.yaml");
        StagePid();

        var (code, _, error) = Cli.RunIn(_folder, "run", "p.yaml");

        code.ShouldBe(3);
        error.ShouldBe($"error: pipeline 'demo' is already running in 'runs/demo' (lock file runs/demo/.lock, process {runner.Id}); wait for it or stop it, or choose another folder with --run-dir\n");
        Signal(15, runner.Id);
        End(runner).Code.ShouldBe(130);
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
    {
        WorkingDirectory = _folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static (int Code, string Error) End(Process process)
    {
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, e) => error.Append(e.Data is null ? "" : e.Data + "\n");
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.WaitForExit(TimeSpan.FromSeconds(120)).ShouldBeTrue();
        process.WaitForExit();
        return (process.ExitCode, error.ToString());
    }

    private int StagePid()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            // The stage holds its folder: it listens to signals already.
            if (File.Exists(_pidFile) && int.TryParse(File.ReadAllText(_pidFile), CultureInfo.InvariantCulture, out var process))
            {
                return process;
            }

            Thread.Sleep(10);
        }

        throw new TimeoutException("the stage did not start within 60 s");
    }

    private static bool IsAlive(int process) =>
        File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';

    private static void Signal(int signal, int process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process}"]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }
}
