using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment data convert</c>: files of one format to a file of another.</summary>
internal static class DataConvertCommand
{
    private const string Auto = "auto";

    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES")
    {
        Description = "the sources (JSON, JSONL, CSV, TSV; .gz too): paths, patterns, folders, - for the standard input; the last one is the target",
        Arity = new ArgumentArity(2, 100_000),
    }.RefuseOptions();

    private static readonly Option<string> From = new("--from") { Description = "the sources' format; auto: by the first rows of each", DefaultValueFactory = _ => Auto, HelpName = "FORMAT" };
    private static readonly Option<string> To = new("--to") { Description = "the target's format", DefaultValueFactory = _ => "trl-preference", HelpName = "FORMAT" };
    private static readonly Option<string[]> Map = new("--map") { Description = "name=column: the column, or a value inside of it (turns.0), under the name that a format knows; may be repeated", HelpName = "MAP" };
    private static readonly Option<RowStyle> Style = new("--style") { Description = "texts (standard) or messages (conversational)", DefaultValueFactory = _ => RowStyle.Keep };
    private static readonly Option<OnError> Bad = new("--on-error") { Description = "what to do with a record that cannot be read", DefaultValueFactory = _ => OnError.Error };
    private static readonly Option<bool> NanAsNull = new("--nan-as-null") { Description = "read NaN and Infinity, which JSON does not have but Python writes, as null" };
    private static readonly Option<bool> NoReport = new("--no-report") { Description = "do not write TARGET.report.json" };

    public static Command Create()
    {
        var command = new Command("convert", $"Converts data files. Formats: {string.Join(", ", DataFormats.All.Select(Describe))}.") { Files, From, To, Map, Style, Bad, NanAsNull, NoReport };
        command.SetAction(Run);
        return command;
    }

    /// <summary>The format of an option; null for auto.</summary>
    internal static DataFormat? Find(string name, string option) => name == Auto ? null : DataFormats.Named(name)
        ?? throw new OptionsException("command line", 0, $"{option} {name} is not a format; use {string.Join(", ", DataFormats.All.Select(format => format.Name))}");

    /// <summary>The column map of an option.</summary>
    internal static ColumnMap Columns(string[]? maps)
    {
        try
        {
            return new ColumnMap(maps ?? []);
        }
        catch (ArgumentException e)
        {
            throw new OptionsException("command line", 0, $"--map: {e.Message}");
        }
    }

    /// <summary>Says what was read, as which format and why.</summary>
    internal static void Print(ConversionReport report, TextWriter to)
    {
        foreach (var file in report.Files)
        {
            to.WriteLine($"{file.Path}: {file.Format} ({file.Why}); {file.Records} record{(file.Records == 1 ? "" : "s")}, {file.Rows} row{(file.Rows == 1 ? "" : "s")}{(file.Skipped > 0 ? $", {file.Skipped} skipped" : "")}");
        }

        foreach (var (what, count, first) in report.Remarks.All)
        {
            to.WriteLine($"  {what}: {count} (first: {first})");
        }

        foreach (var skipped in report.Skipped.Take(5))
        {
            to.WriteLine($"  skipped {skipped.Id}: {skipped.Reason}");
        }
    }

    private static string Describe(DataFormat format) => format.Takes == RowTypes.None ? $"{format.Name} (read only)" : format.Name;

    private static int Run(ParseResult parsed)
    {
        var files = parsed.GetRequiredValue(Files);
        var output = files[^1];
        var to = Find(parsed.GetRequiredValue(To), "--to");
        if (to is null || to.Takes == RowTypes.None)
        {
            throw new OptionsException("command line", 0, $"--to {parsed.GetRequiredValue(To)} cannot be written; use {string.Join(", ", DataFormats.All.Where(format => format.Takes != RowTypes.None).Select(format => format.Name))}");
        }

        var sources = DataFiles.Resolve(files[..^1]);
        if (sources.Any(source => source != DataFiles.StandardInput && Path.GetFullPath(source) == Path.GetFullPath(output)))
        {
            throw new OptionsException("command line", 0, $"{output} is a source and the target; the last of FILES is written, give it another name");
        }

        var options = new ConversionOptions
        {
            From = Find(parsed.GetRequiredValue(From), "--from"),
            To = to,
            Columns = Columns(parsed.GetValue(Map)),
            Style = parsed.GetValue(Style),
            OnError = parsed.GetValue(Bad),
            NanAsNull = parsed.GetValue(NanAsNull),
        };
        var report = new DataConverter(options).Convert(sources, output);
        var isStream = output == DataFiles.StandardInput;
        Print(report, isStream ? Console.Error : Console.Out);
        (isStream ? Console.Error : Console.Out).WriteLine($"{report.Written} rows as {to.Name} -> {(isStream ? "standard output" : output)}");
        if (!isStream && !parsed.GetValue(NoReport))
        {
            AtomicFile.WriteText(output + ".report.json", report.ToJson().ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
        }

        return ExitCodes.Done;
    }
}
