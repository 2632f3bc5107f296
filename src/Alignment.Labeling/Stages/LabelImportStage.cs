using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Data.Formats;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Store;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Labeling.Stages;

/// <summary>The stage that takes votes into a project: <c>alignment label import</c> in a pipeline. It leaves a project with tasks and votes; the project that it reads stays as it is.</summary>
public static class LabelImportStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "takes votes into a labelling project";

    private const string Report = "import.json";

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<LabelImportOptions>(StageKinds.LabelImport, args, Run, Description);

    private static int Run(StageInvocation<LabelImportOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [LabelExportStage.Project, Report]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var options = invocation.Options;
        var files = DataFiles.Resolve(options.Votes);
        var format = ExchangeFormats.Of(files[0]);
        var (project, tasks) = LabelProjects.Read(options.Project);
        session.Start();
        var folder = LabelProjects.Remake(session, LabelExportStage.Project, project, [.. tasks.Select(task => task.Task)]);
        var report = LabelProjects.Wait(async () =>
        {
            await using var store = FolderLabelStore.Open(folder);
            await store.AddVotesAsync([.. tasks.SelectMany(task => task.Votes)]).ConfigureAwait(false); // those that the project had
            // Votes without a time get a fixed one: the same votes make the same project.
            return await new VoteImport(store, new() { Annotator = options.Annotator, NewTasks = options.NewTasks, Now = DateTimeOffset.UnixEpoch }).RunAsync(files, format, invocation.Cancellation).ConfigureAwait(false);
        });
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, Report), JsonSerializer.Serialize(report, LabelJson.Indented) + "\n");
        if (report.Problems.Count > 0 && !options.AllowProblems)
        {
            throw new InvalidDataException($"{report.Problems.Count} votes cannot be taken, the first at {report.Problems[0].Where}: {report.Problems[0].Message}; "
                + $"all are listed in {Path.Combine(session.Folder.Root, Report)}; correct the file, or set allow_problems: true");
        }

        session.Count("votes", report.Saved);
        session.Count("problems", report.Problems.Count);
        session.Log.Information("{Votes} votes saved, {Problems} problems", report.Saved, report.Problems.Count);
        session.Finish(LabelExportStage.Project, Report);
        return ExitCodes.Done;
    }
}
