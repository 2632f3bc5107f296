using System.Diagnostics;

namespace Alignment.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    public void Main_NoOrHelp_ListsEveryCommand(params string[] arguments)
    {
        var (code, output, error) = Cli.Run(arguments);

        code.ShouldBe(0);
        error.ShouldBeEmpty();
        foreach (var command in (string[])["run <FILE>", "tokenizer", "sft", "reward", "dpo", "ppo", "evaluate", "generate", "data", "objectives", "info", "bench", "schema"])
        {
            output.ShouldContain($"\n  {command} ");
        }
    }

    [Theory]
    [InlineData("run", "--dry-run")]
    [InlineData("data train-tokenizer", "--vocab-size")]
    [InlineData("data preview", "--tokenizer <DIR> (REQUIRED)")]
    [InlineData("data", "build-instructions <FILE>")]
    [InlineData("data build-instructions", "--output <DIR> (REQUIRED)")]
    [InlineData("generate", "--model <DIR> (REQUIRED)")]
    [InlineData("bench limits", "--seconds <S>")]
    [InlineData("schema", "--output <FILE>")]
    public void Main_CommandHelp_NamesItsOptions(string command, string option)
    {
        var (code, output, _) = Cli.Run([.. command.Split(' '), "--help"]);

        code.ShouldBe(0);
        output.ShouldContain(option);
    }

    [Fact]
    public void Main_StageHelp_ShowsTheTableOfOptions()
    {
        var (code, output, _) = Cli.Run("tokenizer", "--help");

        code.ShouldBe(0);
        output.ShouldStartWith("alignment tokenizer: trains a byte-level BPE tokenizer\n\nUsage: alignment tokenizer --config FILE [--stage NAME] [options]\n");
        output.ShouldContain("  vocab_size     whole number  number of tokens, the 256 bytes and 4 special tokens included [8192]\n");
    }

    [Fact]
    public void Main_Help_DoesNotLoadTorch()
    {
        // Loading torch takes seconds on a busy machine and hundreds of megabytes: help must not need it.
        var logs = Directory.CreateTempSubdirectory("alignment-cli-").FullName;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "run", "--help"])
        {
            RedirectStandardOutput = true,
            Environment = { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = Path.Combine(logs, "loader") },
        })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var loaded = string.Concat(Directory.GetFiles(logs).Select(File.ReadAllText));
        Directory.Delete(logs, recursive: true);

        loaded.ShouldContain("libcoreclr.so"); // the loader's log is there
        loaded.ShouldNotContain("libtorch");
    }
}
