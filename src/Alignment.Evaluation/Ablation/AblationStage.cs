using Alignment.Core.Checkpoints;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Evaluation.Ablation;

/// <summary>The stage that sets held-out accuracy against the number of task clusters in training: <c>ablation.json</c>, <c>ablation.md</c>, <c>ablation.svg</c>.</summary>
public static class AblationStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "sets held-out accuracy against the number of task clusters in training, as a table and a plot";

    private const string Json = "ablation.json";
    private const string Markdown = "ablation.md";
    private const string Plot = "ablation.svg";

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<AblationStageOptions>(StageKinds.Ablation, args, Run, Description);

    private static int Run(StageInvocation<AblationStageOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Json, Markdown, Plot]);
        var table = Path.Combine(session.Folder.Root, Markdown);
        if (!session.IsDone)
        {
            var results = AblationResults.Of(invocation.Options);
            session.Start();
            AtomicFile.WriteText(Path.Combine(session.Folder.Root, Json), results.ToJson());
            AtomicFile.WriteText(table, results.ToMarkdown());
            AtomicFile.WriteText(Path.Combine(session.Folder.Root, Plot), AblationPlot.Draw(results));
            foreach (var point in results.Points)
            {
                session.Measure(FormattableString.Invariant($"clusters_{point.Key}/mean_over_templates"), point.Average(score => score.Mean));
                session.Measure(FormattableString.Invariant($"clusters_{point.Key}/best_template"), point.Average(score => score.Best));
            }

            session.Finish(Json, Markdown, Plot);
        }

        Console.Out.Write(File.ReadAllText(table));
        return ExitCodes.Done;
    }
}
