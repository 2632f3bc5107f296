using System.CommandLine;
using System.Globalization;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Data.Audit;
using Alignment.Data.Collation;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Tokenization;
using Alignment.Training.Options;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment data audit</c>: what would poison a training run.</summary>
internal static class DataAuditCommand
{
    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "rows of any format: paths, patterns, folders, - for the standard input", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string[]> Evaluation = new("--eval") { Description = "evaluation files: prompts and sequences of words that must not stand in FILES; may be repeated", HelpName = "FILE" };
    private static readonly Option<string> Output = new("--output") { Description = "the folder for audit.json and audit.html", HelpName = "DIR" };
    private static readonly Option<string[]> Limits = new("--limit") { Description = $"name=share above which the audit fails, name=none for no limit; may be repeated. Set: {string.Join(", ", AuditOptions.DefaultLimits.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Key}={limit.Value}")))}", HelpName = "LIMIT" };
    private static readonly Option<string> From = new("--from") { Description = "the files' format; auto: by the first rows of each", DefaultValueFactory = _ => "auto", HelpName = "FORMAT" };
    private static readonly Option<string[]> Map = new("--map") { Description = "name=column, as of data convert", HelpName = "MAP" };
    private static readonly Option<string> Tokenizer = new("--tokenizer") { Description = "count tokens with the tokenizer of this folder", HelpName = "DIR" };
    private static readonly Option<string> Template = TemplateOption.Create();
    private static readonly Option<int> MaxLength = new("--max-length") { Description = "tokens that training takes", DefaultValueFactory = _ => int.MaxValue, HelpName = "N" };
    private static readonly Option<int> Words = new("--overlap-words") { Description = "words in a row that count as overlap with an evaluation file", DefaultValueFactory = _ => 13, HelpName = "N" };
    private static readonly Option<double> Near = new("--near") { Description = "similarity from which rows are near duplicates", DefaultValueFactory = _ => 0.8, HelpName = "S" };

    public static Command Create()
    {
        var command = new Command("audit", "Looks for what would poison a training run: duplicates, contradictions, leaks, bias, damage, secrets. Exit code 2 above a limit.")
        {
            Files, Evaluation, Output, Limits, From, Map, Tokenizer, Template, MaxLength, Words, Near,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var audit = new DataAudit(new AuditOptions
        {
            Limits = Merged(parsed.GetValue(Limits) ?? []),
            OverlapWords = Math.Max(1, parsed.GetValue(Words)),
            NearDuplicate = Math.Clamp(parsed.GetValue(Near), 0.1, 1),
            Tokens = Tokens(parsed),
            MaxTokens = parsed.GetValue(MaxLength),
        });
        var (format, columns) = (DataConvertCommand.Find(parsed.GetRequiredValue(From), "--from"), DataConvertCommand.Columns(parsed.GetValue(Map)));
        var files = DataFiles.Resolve(parsed.GetRequiredValue(Files));
        if (parsed.GetValue(Evaluation) is { Length: > 0 } evaluation)
        {
            var source = new RowSource(null, columns, OnError.Error, new ConversionReport());
            audit.AddEvaluation(DataFiles.Resolve(evaluation).SelectMany(source.Read));
        }

        var read = new ConversionReport();
        var rows = new RowSource(format, columns, OnError.Skip, read);
        foreach (var file in files)
        {
            audit.Add(file, rows.Read(file));
        }

        var report = audit.Finish(read);
        AuditConsole.Write(report, AnsiConsole.Console);
        if (parsed.GetValue(Output) is { } folder)
        {
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(Path.Combine(folder, "audit.json"), AuditJson.Of(report).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
            AtomicFile.WriteText(Path.Combine(folder, "audit.html"), AuditHtml.Build(report));
        }

        return report.Failed.Any() ? ExitCodes.BadInput : ExitCodes.Done;
    }

    private static ExampleOptions? Tokens(ParseResult parsed)
    {
        if (parsed.GetValue(Tokenizer) is not { } folder)
        {
            return null;
        }

        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder));
        return new ExampleOptions { Tokenizer = tokenizer, MaxLength = int.MaxValue, Template = TemplateOption.Find(parsed.GetRequiredValue(Template), tokenizer) };
    }

    private static Dictionary<string, double> Merged(string[] given)
    {
        var limits = AuditOptions.DefaultLimits.ToDictionary();
        foreach (var limit in given)
        {
            var parts = limit.Split('=', 2);
            if (parts.Length == 2 && parts[1] == "none")
            {
                limits.Remove(parts[0]);
            }
            else if (parts.Length == 2 && AuditNames.All.Contains(parts[0]) && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1)
            {
                limits[parts[0]] = share;
            }
            else
            {
                throw new OptionsException("command line", 0, $"--limit {limit} is not name=share with a share from 0 to 1; names: {string.Join(", ", AuditNames.All)}");
            }
        }

        return limits;
    }
}
