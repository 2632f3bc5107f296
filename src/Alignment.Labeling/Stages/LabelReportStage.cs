using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Reports;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;
using Spectre.Console;

namespace Alignment.Labeling.Stages;

/// <summary>The stage that measures the annotators' agreement: <c>alignment label report</c> in a pipeline. It leaves <c>agreement.json</c> and <c>agreement.html</c>.</summary>
public static class LabelReportStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "measures the agreement of annotators";

    private const string Json = "agreement.json";
    private const string Html = "agreement.html";

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<LabelReportOptions>(StageKinds.LabelReport, args, Run, Description);

    private static int Run(StageInvocation<LabelReportOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Json, Html]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var (project, tasks) = LabelProjects.Read(invocation.Options.Project, invocation.Options.Without);
        var report = AgreementReports.Of(project.Name, tasks, new Resampling(invocation.Seed, invocation.Options.Bootstrap));
        session.Start();
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, Json), JsonSerializer.Serialize(report, LabelJson.Indented) + "\n");
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, Html), HtmlReport.Build(report));
        session.Count("votes", report.Votes);
        foreach (var (name, value) in new (string, Interval?)[] { ("raw_agreement", report.RawAgreement), ("krippendorff_alpha", report.AlphaNominal), ("cohen_kappa", report.CohenKappa) })
        {
            if (value is { } interval)
            {
                session.Measure(name, interval.Mean);
            }
        }

        session.Finish(Json, Html);
        ConsoleReport.Write(report, AnsiConsole.Console);
        return ExitCodes.Done;
    }
}
