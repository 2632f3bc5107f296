using System.Diagnostics;

namespace Alignment.Cli.Tests.Bench;

/// <summary>bench/compare.sh with a program and baseline scripts that only print a line. Without Python, which the product does not need, there is nothing to test.</summary>
public sealed class CompareScriptTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    // The program's and the scripts' figures: bf16 takes a third of the time, the tuned environment four fifths; DPO's baseline tells no memory.
    private const string Program = """
        #!/bin/sh
        case "$*" in *bf16*) ms=100;; *) ms=300;; esac
        case "$2" in rollout) more='"decode_tokens_per_s": 50.4, ';; esac
        echo "{\"ms_median\": $ms, \"tokens_per_s\": 10.6, \"peak_rss_mb\": 400, \"mfu\": 0.5, \"gemm_peak_gflops\": 420, \"tokens\": 32, ${more}\"threads\": 2, \"reps\": 3}"
        """;

    private const string Script = """
        import os, sys
        ms = (200 if "bf16" in sys.argv else 600) - (100 if os.environ.get("TUNED") else 0) - (40 if "--new" in sys.argv else 0)
        memory = "" if "dpo" in sys.argv[0] else '"peak_rss_mb": 1000, '
        print('{"ms_median": %d, "tokens_per_s": 5, %s"mfu": 0.25, "gemm_peak_gflops": 420, "tokens": %d, "threads": 2, "reps": 4}' % (ms, memory, 4 if "--new" in sys.argv else 32))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-compare-").FullName;
    private readonly string _file;

    public CompareScriptTests()
    {
        _file = Path.Combine(_folder, "results.md");
        Write("alignment", Program, executable: true);
        Write("torch.py", "");
        Write("tuned_env.sh", "export TUNED=1 # a comment\n");
        foreach (var script in (string[])["sft_llama.py", "dpo_llama.py", "rollout_llama.py"])
        {
            Write(script, Script);
        }
    }

    [Fact]
    public void FreshFile_HasARowOfEachSideAndTheRatios()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        Run("sft").ShouldBe((0, ""));

        var today = $"{DateTime.Now:yyyy-MM-dd}, 2 × ";
        var lines = File.ReadAllLines(_file);
        lines.ShouldContain($"| sft | ours bf16 | 100 | 11 | 400 | 0.50 | 420 |  | {today}3 |");
        lines.ShouldContain($"| sft | tuned fp32 | 500 | 5 | 1000 | 0.25 | 420 |  | {today}4 |");
        lines.ShouldContain($"| sft | installed fp32 | 600 | 5 | 1000 | 0.25 | 420 |  | {today}4 |");
        lines.ShouldContain("| sft | 6.00 | 1.00 | 1.67 | 0.40 | 0.40 |");
        lines.ShouldContain("export TUNED=1");
        lines.ShouldNotContain(line => line.StartsWith("| dpo"));
    }

    [Fact]
    public void RowsOfOtherWorkloads_StayAsTheyAreWithTheirOwnDate()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        string[] old =
        [
            "| sft | ours bf16 | 1548 | 1323 | 1439 | 0.83 | 417 |  |", // of an older file, which told the date once
            "| sft | ours fp32 | 2985 | 686 | 2020 | 0.86 | 209 |  | 2025-01-02, 5 × 6 |",
            "| rollout | ours bf16 | 1 | 1 | 1 | 0.01 | 1 | 1 | 2025-01-02, 5 × 6 |",
            "| sft | 2.47 | 1.31 | 1.25 | 0.40 | 0.52 |",
            "| rollout | 1.00 | 1.00 |  |  |  |",
        ];
        File.WriteAllLines(_file, old);

        Run("rollout", "--sides", "ours bf16,tuned bf16", "--rounds", "1").ShouldBe((0, ""));

        var lines = File.ReadAllLines(_file);
        lines.ShouldContain("| sft | ours bf16 | 1548 | 1323 | 1439 | 0.83 | 417 |  |  |");
        lines.ShouldContain(old[1]);
        lines.ShouldContain(old[3]);
        lines.ShouldContain($"| rollout | ours bf16 | 100 | 11 | 400 | 0.50 | 420 | 50 | {DateTime.Now:yyyy-MM-dd}, 1 × 3 |");
        lines.ShouldContain($"| rollout | tuned bf16 | 100 | 5 | 1000 | 0.25 | 420 | 700 | {DateTime.Now:yyyy-MM-dd}, 1 × 4 |"); // 28 tokens in the 40 ms that one token does not take
        lines.ShouldContain("| rollout | 1.00 | 1.00 |  | 0.40 |  |"); // the first was not measured now
        lines.Count(line => line.StartsWith("| rollout")).ShouldBe(3);
        Array.IndexOf(lines, old[1]).ShouldBeLessThan(Array.FindIndex(lines, line => line.StartsWith("| rollout")));
    }

    [Fact]
    public void SidesThatAreNotMeasured_KeepTheirRowsAndRatios()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        string[] old = ["| sft | installed fp32 | 7 | 7 | 7 | 0.70 | 7 |  | 2025-01-02, 5 × 6 |", "| sft | 2.47 | 1.31 | 1.25 | 0.40 | 0.52 |"];
        File.WriteAllLines(_file, old);

        Run("sft", "--sides", "ours bf16,tuned bf16").ShouldBe((0, ""));

        var lines = File.ReadAllLines(_file);
        lines.ShouldContain(old[0]);
        lines.ShouldContain("| sft | 2.47 | 1.00 | 1.25 | 0.40 | 0.52 |");
    }

    [Fact]
    public void Ratio_IsTheMedianOfTheRounds()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        // 100, 200 and 400 ms against 300, 200 and 1000: 3, 1 and 2.5 times; the ratio of the medians would be 1.5.
        Write("alignment", $$"""
            #!/bin/sh
            echo >> {{_folder}}/calls
            echo "{\"ms_median\": $((50 << $(wc -l < {{_folder}}/calls))), \"tokens_per_s\": 1, \"peak_rss_mb\": 400, \"mfu\": 0.5, \"gemm_peak_gflops\": 420, \"threads\": 2, \"reps\": 1}"
            """, executable: true);
        Write("sft_llama.py", $"""
            count = len(open("{_folder}/calls").readlines())
            print('{"{"}"ms_median": %d, "tokens_per_s": 1, "peak_rss_mb": 1000, "mfu": 0.5, "gemm_peak_gflops": 420, "threads": 2, "reps": 1{"}"}' % [300, 200, 1000][count - 1])
            """);

        Run("sft", "--sides", "ours bf16,tuned bf16", "--rounds", "3").ShouldBe((0, ""));

        File.ReadAllLines(_file).ShouldContain("| sft |  | 2.50 |  | 0.40 |  |");
    }

    [Fact]
    public void ProcessThatFails_LeavesWhatWasMeasured()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        Write("sft_llama.py", "raise SystemExit(7)");

        var (code, error) = Run("sft", "--sides", "ours bf16,tuned bf16", "--rounds", "1");

        code.ShouldBe(7);
        var file = error.Trim().Split(' ')[^1];
        File.ReadAllText(file).ShouldContain("\"ours bf16\"");
        File.Delete(file);
    }

    [Fact]
    public void ValueThatIsMissing_LeavesItsCellEmpty()
    {
        if (!File.Exists(Python))
        {
            return;
        }

        Run("dpo", "--sides", "ours bf16,tuned bf16").ShouldBe((0, ""));

        var lines = File.ReadAllLines(_file);
        lines.ShouldContain(line => line.StartsWith("| dpo | tuned bf16 | 100 | 5 |  | 0.25 |"));
        lines.ShouldContain("| dpo |  | 1.00 |  |  |  |");
    }

    [Theory]
    [InlineData("there is no side 'ours fp16'; known: ours bf16", "sft", "--sides", "ours fp16")]
    [InlineData("there is no workload 'grpo'; known: sft", "grpo")]
    [InlineData("--reps needs a value", "--reps")]
    public void Arguments_ThatCannotBe_AreRefusedBeforeAnythingRuns(string told, params string[] arguments)
    {
        if (!File.Exists(Python))
        {
            return;
        }

        var (code, error) = Run(arguments);

        code.ShouldBe(2);
        error.ShouldContain(told);
        File.Exists(_file).ShouldBeFalse();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int Code, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "bash", [Path.Combine(Cli.Root, "bench", "compare.sh"), "--baseline", _folder, "--alignment", Path.Combine(_folder, "alignment"), "--out", _file, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHON"] = Python, ["PYTHONPATH"] = _folder, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Result);
    }

    private void Write(string name, string text, bool executable = false)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        if (executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
