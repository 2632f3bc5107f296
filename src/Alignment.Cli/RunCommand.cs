using System.CommandLine;
using System.Diagnostics;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary><c>alignment run</c>: a pipeline from its file.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> File = new Argument<string>("FILE") { Description = "the pipeline file" }.RefuseOptions();
    private static readonly Option<string?> From = new("--from") { Description = "begin at this stage; earlier ones are taken as they are", HelpName = "STAGE" };
    private static readonly Option<string[]> Only = new("--only") { Description = "only this stage; may be repeated", HelpName = "STAGE" };
    private static readonly Option<bool> Force = new("--force") { Description = "run the chosen stages again even where they are up to date" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "print what would run, be resumed or skipped, and why" };
    private static readonly Option<string?> RunFolder = new("--run-dir") { Description = "the run's folder; default: the file's output, or runs/NAME", HelpName = "DIR" };
    private static readonly Option<long?> Seed = new("--seed") { Description = "the seed of every stage; default: the file's", HelpName = "N" };
    private static readonly Option<string[]> Set = new("--set") { Description = "change one option; may be repeated", HelpName = "STAGE.KEY=VALUE" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "show stack traces" };

    public static Command Create()
    {
        var command = new Command("run", "Runs a pipeline: what is up to date is skipped, what was interrupted is resumed.")
        {
            File, From, Only, Force, DryRun, RunFolder, Seed, Set, Verbose,
        };
        command.SetAction(Run);
        return command;
    }

    /// <summary>The program of a stage: this very program.</summary>
    internal static ProcessStartInfo Launch(IReadOnlyList<string> arguments)
    {
        var program = Environment.ProcessPath ?? "dotnet";
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return new ProcessStartInfo(program, isHost ? [typeof(RunCommand).Assembly.Location, .. arguments] : arguments);
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        var runner = new PipelineRunner(StageCatalogue.OptionTypes, Launch, Console.Out, Console.Error);
        var options = new PipelineRunOptions
        {
            From = parsed.GetValue(From),
            Only = parsed.GetValue(Only) ?? [],
            Force = parsed.GetValue(Force),
            DryRun = parsed.GetValue(DryRun),
            RunFolder = parsed.GetValue(RunFolder),
            Seed = parsed.GetValue(Seed),
            Assignments = parsed.GetValue(Set) ?? [],
            Verbose = parsed.GetValue(Verbose),
        };
        return runner.Run(parsed.GetRequiredValue(File), options, signals.Token);
    }
}
