using System.Text.Json;
using Alignment.Labeling.Resolution;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Labeling.Stages;

/// <summary>The stage that makes preference rows of votes: <c>alignment label resolve</c> in a pipeline. It leaves <c>preferences.jsonl</c>.</summary>
public static class LabelResolveStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "makes preference rows of votes";

    private const string Rows = "preferences.jsonl";

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<LabelResolveOptions>(StageKinds.LabelResolve, args, Run, Description);

    private static int Run(StageInvocation<LabelResolveOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Rows]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var options = invocation.Options.ToResolution();
        var resolved = Resolver.Resolve(LabelProjects.Read(invocation.Options.Project, invocation.Options.Without).Tasks, options);
        session.Start();
        var rows = ResolutionFiles.Write(Path.Combine(session.Folder.Root, Rows), resolved, options, openAi: false);
        if (rows == 0)
        {
            throw new InvalidDataException($"no task of {invocation.Options.Project} is decided, so there is nothing to train on; take soft labels, or collect more votes");
        }

        session.Count("rows", rows);
        foreach (var (outcome, count) in resolved.CountBy(task => task.Outcome))
        {
            session.Count($"tasks/{JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString())}", count);
        }

        session.Log.Information("{Rows} preference rows of {Tasks} tasks", rows, resolved.Count);
        session.Finish(Rows);
        return ExitCodes.Done;
    }
}
