using System.CommandLine;
using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Reports;
using Alignment.Labeling.Store;
using Alignment.Training.Options;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment label report</c>: how far the annotators agree.</summary>
internal static class LabelReportCommand
{
    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<string?> Output = new("--output") { Description = "the folder for report.json and report.html; default: report in the project's folder", HelpName = "DIR" };
    private static readonly Option<int> Resamples = new("--bootstrap") { Description = "resamples of the intervals", DefaultValueFactory = _ => new Resampling(0).Count, HelpName = "N" };
    private static readonly Option<long> Seed = new("--seed") { Description = "of the resamples", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<string[]> Without = LabelOptions.Without();

    public static Command Create()
    {
        var command = new Command("report", "Reports the annotators' agreement, their habits and the models' ranking.") { Project, Output, Resamples, Seed, Without };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var resamples = parsed.GetValue(Resamples);
        if (resamples is < 1 or > 100_000)
        {
            throw LabelOptions.Wrong($"--bootstrap is {resamples}; it must be from 1 to 100000");
        }

        var location = parsed.GetRequiredValue(Project);
        var (project, tasks) = LabelOptions.Read(location, parsed.GetValue(Without) ?? []);
        var report = AgreementReports.Of(project.Name, tasks, new Resampling(parsed.GetValue(Seed), resamples));
        ConsoleReport.Write(report, AnsiConsole.Console);
        var folder = parsed.GetValue(Output) ?? Path.Combine(LabelStores.Folder(location), "report");
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(report, LabelJson.Indented) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "report.html"), HtmlReport.Build(report));
        Console.Out.WriteLine(Path.Combine(folder, "report.html"));
        return ExitCodes.Done;
    }
}
