using System.CommandLine;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Resolution;
using Alignment.Labeling.Store;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment label resolve</c>: votes to preference rows.</summary>
internal static class LabelResolveCommand
{
    private static readonly ResolutionOptions Defaults = new();

    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<string?> Output = new("--output") { Description = "the preference rows; default: preferences.jsonl in the project's folder", HelpName = "FILE" };
    private static readonly Option<ExchangeFormat[]> To = new("--to") { Description = "jsonl (what reward and dpo read) or openai", CustomParser = LabelExportCommand.Formats, HelpName = "FORMAT" };
    private static readonly Option<ResolutionMethod> Method = new("--method")
    {
        Description = "majority, weighted (by accuracy on gold tasks) or dawid-skene",
        DefaultValueFactory = _ => Defaults.Method,
        CustomParser = result => Parse(result),
        HelpName = "METHOD",
    };

    private static readonly Option<LabelKind> Labels = new("--labels") { Description = "hard (1, or 0.5 for a tie) or soft (the share of the votes)", DefaultValueFactory = _ => Defaults.Labels };
    private static readonly Option<int> MinVotes = new("--min-votes") { Description = "fewest votes of a task", DefaultValueFactory = _ => Defaults.MinVotes, HelpName = "N" };
    private static readonly Option<double> MinShare = new("--min-share") { Description = "share that a verdict must have; below it the task is split", DefaultValueFactory = _ => Defaults.MinShare, HelpName = "S" };
    private static readonly Option<bool> NoTies = new("--no-ties") { Description = "leave ties out instead of writing them with label 0.5" };
    private static readonly Option<bool> Gold = new("--include-gold") { Description = "make rows of gold tasks too" };
    private static readonly Option<string?> Adjudication = new("--adjudication") { Description = "write split tasks into this folder, to be settled", HelpName = "DIR" };
    private static readonly Option<ExchangeFormat[]> AdjudicationTo = new("--adjudication-to") { Description = "their format: jsonl, csv, label-studio or argilla", CustomParser = LabelExportCommand.Formats, HelpName = "FORMAT" };
    private static readonly Option<string[]> Without = LabelOptions.Without();

    public static Command Create()
    {
        var command = new Command("resolve", "Makes preference rows of the votes, for the stages reward and dpo.")
        {
            Project, Output, To, Method, Labels, MinVotes, MinShare, NoTies, Gold, Adjudication, AdjudicationTo, Without,
        };
        command.SetAction(Run);
        return command;
    }

    private static ResolutionMethod Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (result.Tokens is [var token] && Enum.TryParse<ResolutionMethod>(token.Value.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var method))
        {
            return method;
        }

        result.AddError($"'{string.Join(' ', result.Tokens)}' is no method; use majority, weighted or dawid-skene.");
        return default;
    }

    private static int Run(ParseResult parsed)
    {
        var options = new ResolutionOptions
        {
            Method = parsed.GetValue(Method),
            Labels = parsed.GetValue(Labels),
            MinVotes = parsed.GetValue(MinVotes),
            MinShare = parsed.GetValue(MinShare),
            Ties = !parsed.GetValue(NoTies),
            Gold = parsed.GetValue(Gold),
        };
        LabelOptions.Check(options.Problems());
        var location = parsed.GetRequiredValue(Project);
        var (project, tasks) = LabelOptions.Read(location, parsed.GetValue(Without) ?? []);
        var resolved = Resolver.Resolve(tasks, options);
        var path = parsed.GetValue(Output) ?? Path.Combine(LabelStores.Folder(location), "preferences.jsonl");
        var rows = ResolutionFiles.Write(path, resolved, options, parsed.GetValue(To) is [ExchangeFormat.Openai, ..]);

        var counts = resolved.CountBy(task => task.Outcome).ToDictionary();
        Console.Out.WriteLine($"{rows} rows -> {path}");
        Console.Out.WriteLine(string.Join(", ", Enum.GetValues<TaskOutcome>().Select(outcome => $"{counts.GetValueOrDefault(outcome)} {Words(outcome)}")));
        var blank = resolved.Count(task => task.Outcome is TaskOutcome.Decided or TaskOutcome.Tie && task.Task.Task.Candidates.Any(candidate => string.IsNullOrWhiteSpace(candidate.Text)));
        if (blank > 0)
        {
            Console.Out.WriteLine($"{blank} of them have a blank answer, of which nothing can be learned: no row for that pair");
        }

        if (options.Method == ResolutionMethod.Weighted)
        {
            Weights(tasks);
        }

        WriteSplit(parsed, project, resolved);
        return ExitCodes.Done;
    }

    private static void Weights(IReadOnlyList<VotedTask> tasks)
    {
        var weights = GoldWeights.Of(tasks);
        foreach (var annotator in tasks.SelectMany(task => task.Decided).Select(vote => vote.Annotator).Distinct().Order(StringComparer.Ordinal))
        {
            Console.Out.WriteLine(FormattableString.Invariant($"{annotator}: accuracy {weights.Accuracy(annotator):0.000}, weight {weights.Weight(annotator, 2):0.00}"));
        }
    }

    private static void WriteSplit(ParseResult parsed, LabelProject project, IReadOnlyList<ResolvedTask> resolved)
    {
        var split = resolved.Where(task => task.Outcome == TaskOutcome.Split).Select(task => task.Task.Task).ToList();
        if (parsed.GetValue(Adjudication) is { } folder && split.Count > 0)
        {
            var format = parsed.GetValue(AdjudicationTo) is [var named, ..] ? named : ExchangeFormat.Jsonl;
            foreach (var file in TaskExport.Write(format, folder, project, split))
            {
                Console.Out.WriteLine($"{split.Count} split tasks -> {file}");
            }
        }
    }

    private static string Words(TaskOutcome outcome) => outcome switch
    {
        TaskOutcome.Decided => "decided",
        TaskOutcome.Tie => "ties",
        TaskOutcome.BothBad => "both bad",
        TaskOutcome.Split => "split",
        _ => "without enough votes",
    };
}
