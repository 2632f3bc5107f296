using Alignment.Core.Checkpoints;
using Alignment.Data.Formats;
using Alignment.Data.Instructions;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary>The stage that makes instructions of tasks: <c>alignment data build-instructions</c> in a pipeline. It leaves the folder <c>data</c>.</summary>
internal static class InstructionsStage
{
    public const string Description = "makes instructions of labelled tasks";

    private const string Data = "data";

    public static int Start(string[] args) => StageProgram.Run<InstructionsStageOptions>(StageKinds.Instructions, args, Run, Description);

    private static int Run(StageInvocation<InstructionsStageOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Data]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var (options, node) = DataBuildInstructionsCommand.Load(invocation.Options.Tasks);
        Check(options, invocation.Options);
        session.Start();
        InstructionReport? report = null;
        AtomicFile.WriteFolder(
            Path.Combine(session.Folder.Root, Data), folder => report = DataBuildInstructionsCommand.Build(options, node, invocation.Seed, folder, invocation.Cancellation));
        session.Count("train/rows", report!.Rows);
        session.Count("held_out/rows", report.HeldOutRows);
        session.Count("tasks", report.Tasks.Count);
        session.Finish(Data);
        InstructionConsole.Write(report, AnsiConsole.Console);
        return ExitCodes.Done;
    }

    /// <summary>A file that the stage's options do not name could change without the stage running again.</summary>
    private static void Check(InstructionOptions options, InstructionsStageOptions stage)
    {
        var named = DataFiles.Resolve(stage.Data).Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        var patterns = options.Tasks.Values.SelectMany(task => task.Files).Concat(options.NaturalInstructions).ToList();
        var missing = DataFiles.Resolve(patterns).Where(file => !named.Contains(Path.GetFullPath(file))).ToList();
        if (missing.Count > 0)
        {
            throw new OptionsException(missing.Select(file => new OptionsProblem(stage.Tasks, 0, $"reads {file}, which the stage's data does not name; add it there, so that the stage runs again when it changes")));
        }
    }
}
