using System.CommandLine;
using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Data.Formats;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Reports;
using Alignment.Labeling.Store;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment label import</c>: votes of other tools into a project.</summary>
internal static class LabelImportCommand
{
    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "files with votes, all in one format; paths or patterns", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<ExchangeFormat[]> From = new("--from") { Description = "jsonl, csv, label-studio, argilla, openai or pandalm; default: what the file looks like", CustomParser = LabelExportCommand.Formats, HelpName = "FORMAT" };
    private static readonly Option<string?> Annotator = new("--annotator") { Description = "who voted, where the file does not say", HelpName = "NAME" };
    private static readonly Option<bool> NewTasks = new("--new-tasks") { Description = "make tasks of the file that the project lacks, and the project where it is missing" };
    private static readonly Option<bool> Adjudication = new("--adjudication") { Description = "the votes settle split tasks" };
    private static readonly Option<string?> Json = new("--json") { Description = "write what was done, with every problem, as JSON", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("import", "Takes votes into a project; what cannot be taken is listed, and the exit code is 2 then.")
        {
            Files, Project, From, Annotator, NewTasks, Adjudication, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        var files = DataFiles.Resolve(parsed.GetRequiredValue(Files));
        var format = parsed.GetValue(From) is [var named, ..] ? named : ExchangeFormats.Of(files[0]);
        var report = LabelOptions.Run(async () =>
        {
            await using var store = await OpenAsync(parsed);
            var options = new VoteImportOptions
            {
                Annotator = parsed.GetValue(Annotator),
                NewTasks = parsed.GetValue(NewTasks),
                Adjudication = parsed.GetValue(Adjudication),
                Now = TimeProvider.System.GetUtcNow(),
            };
            return await new VoteImport(store, options).RunAsync(files, format, signals.Token);
        });

        ImportTable.Write(report, AnsiConsole.Console);
        if (parsed.GetValue(Json) is { } path)
        {
            AtomicFile.WriteText(path, JsonSerializer.Serialize(report, LabelJson.Indented) + "\n");
        }

        return report.Problems.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
    }

    private static async Task<ILabelStore> OpenAsync(ParseResult parsed)
    {
        var location = parsed.GetRequiredValue(Project);
        return parsed.GetValue(NewTasks) && !await LabelStores.ExistsAsync(location)
            ? await LabelStores.CreateAsync(location, new LabelProject { Name = LabelStores.DefaultName(location), Seed = 1 })
            : await LabelStores.OpenAsync(location);
    }
}
