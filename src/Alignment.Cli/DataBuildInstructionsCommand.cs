using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Alignment.Core.Checkpoints;
using Alignment.Data.Instructions;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment data build-instructions</c>: labelled tasks in the words of templates, as rows to train on and to evaluate with.</summary>
internal static class DataBuildInstructionsCommand
{
    private const string SeedKey = "seed";
    private static readonly Argument<string> File = new Argument<string>("FILE") { Description = "the tasks: a tasks.yaml (docs/instructions.md)" }.RefuseOptions();
    private static readonly Option<string> Output = new("--output") { Description = "the folder for train.jsonl, held_out.jsonl and report.json; an old one is replaced as a whole", Required = true, HelpName = "DIR" };
    private static readonly Option<long?> Seed = new("--seed") { Description = "the seed of all draws; default: the file's seed, or 1", HelpName = "N" };

    public static Command Create()
    {
        var command = new Command("build-instructions", "Makes instructions of labelled tasks: templates, examples, mixing, held-out clusters (FLAN).") { File, Output, Seed };
        command.SetAction(Run);
        return command;
    }

    /// <summary>Reads a file of tasks.</summary>
    /// <exception cref="OptionsException">All that is wrong with it.</exception>
    internal static (InstructionOptions Options, OptionsNode Node) Load(string path)
    {
        var node = OptionsYaml.ParseFile(path);
        return (OptionsBinder.Bind<InstructionOptions>(node, SeedKey), node);
    }

    /// <summary>Makes the files; options that do not fit the data are named with their lines.</summary>
    internal static InstructionReport Build(InstructionOptions options, OptionsNode node, long seed, string folder, CancellationToken cancellation)
    {
        try
        {
            return InstructionBuilder.Build(options, seed, folder, cancellation);
        }
        catch (InstructionOptionsException e)
        {
            throw new OptionsException(e.Problems.Select(text => new OptionsProblem(node.File, node.LineOf(text.Split(' ', 2)[0]), text)));
        }
    }

    private static int Run(ParseResult parsed)
    {
        var (options, node) = Load(parsed.GetRequiredValue(File));
        var seed = parsed.GetValue(Seed) ?? SeedOf(node);
        var output = parsed.GetRequiredValue(Output);
        CheckFolder(output);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        using var signals = new StopSignals();
        var begun = Stopwatch.GetTimestamp();
        InstructionReport? report = null;
        AtomicFile.WriteFolder(output, folder => report = Build(options, node, seed, folder, signals.Token));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        InstructionConsole.Write(report!, AnsiConsole.Console);
        var bytes = report!.Tasks.SelectMany(task => task.Files).Distinct().Sum(file => new FileInfo(file).Length);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Rows} rows to train on, {report.HeldOutRows} held-out rows -> {output} ({bytes / 1e6:0.0} MB read in {seconds:0.0} s, {bytes / 1e6 / seconds:0.0} MB/s)"));
        return ExitCodes.Done;
    }

    /// <summary>Nobody's other files are replaced.</summary>
    private static void CheckFolder(string output)
    {
        if (System.IO.File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any() && !System.IO.File.Exists(Path.Combine(output, InstructionReport.FileName))))
        {
            throw new OptionsException("command line", 0, $"--output {output} is there already and was not made by this command (it has no {InstructionReport.FileName}); name another folder");
        }
    }

    private static long SeedOf(OptionsNode node) => node[SeedKey] is not { } value ? 1
        : long.TryParse(value.Scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) ? seed
        : throw new OptionsException(node.File, node.LineOf(SeedKey), $"'seed' is {value.Describe()}; it must be a whole number");
}
