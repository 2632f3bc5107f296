using System.CommandLine;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment data split</c>: rows to train on and rows to evaluate with, parted by prompt.</summary>
internal static class DataSplitCommand
{
    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "the sources of any format: paths, patterns, folders", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string> Train = new("--train") { Description = "the target for the rows to train on (.jsonl, .json, .csv, .tsv; .gz too)", Required = true, HelpName = "FILE" };
    private static readonly Option<string> Eval = new("--eval") { Description = "the target for the held-out rows", Required = true, HelpName = "FILE" };
    private static readonly Option<double?> Fraction = new("--fraction") { Description = "share of the records to hold out, such as 0.1", HelpName = "F" };
    private static readonly Option<long?> Rows = new("--rows") { Description = "the most records to hold out", HelpName = "N" };
    private static readonly Option<long> Seed = new("--seed") { Description = "draws which prompts are held out", HelpName = "N" };
    private static readonly Option<string?> Column = new("--by") { Description = "another column, of the row or of its meta, whose equal values keep rows together, such as a dialogue's or a person's id", HelpName = "COLUMN" };
    private static readonly Option<string> From = new("--from") { Description = "the sources' format; auto: by the first rows of each", DefaultValueFactory = _ => "auto", HelpName = "FORMAT" };
    private static readonly Option<string[]> Map = new("--map") { Description = "name=column, as of data convert; the rows are written as they are", HelpName = "MAP" };
    private static readonly Option<OnError> Bad = new("--on-error") { Description = "what to do with a record that cannot be read", DefaultValueFactory = _ => OnError.Error };

    private static readonly Option<bool> NanAsNull = new("--nan-as-null") { Description = "read NaN and Infinity, which JSON does not have but Python writes, as null" };

    public static Command Create()
    {
        var command = new Command("split", "Parts rows into those to train on and those to evaluate with: rows of one prompt, and of one group, on one side.") { Files, Train, Eval, Fraction, Rows, Seed, Column, From, Map, Bad, NanAsNull };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (train, eval) = (parsed.GetRequiredValue(Train), parsed.GetRequiredValue(Eval));
        var sources = DataFiles.Resolve(parsed.GetRequiredValue(Files));
        var options = new SplitOptions
        {
            From = DataConvertCommand.Find(parsed.GetRequiredValue(From), "--from"),
            Columns = DataConvertCommand.Columns(parsed.GetValue(Map)),
            OnError = parsed.GetValue(Bad),
            NanAsNull = parsed.GetValue(NanAsNull),
            Column = parsed.GetValue(Column),
            Seed = parsed.GetValue(Seed),
            HeldOut = HeldOut(parsed.GetValue(Fraction), parsed.GetValue(Rows)),
        };
        string[] paths = [.. sources.Where(source => source != DataFiles.StandardInput).Append(train).Append(eval).Select(Path.GetFullPath)];
        if (sources.Contains(DataFiles.StandardInput) || train == DataFiles.StandardInput || eval == DataFiles.StandardInput || paths.Distinct(StringComparer.Ordinal).Count() < paths.Length)
        {
            throw new OptionsException("command line", 0, "the sources are read twice and both targets are written: neither can be the standard input or output, and all must be different files");
        }

        var report = new DataSplitter(options).Split(sources, train, eval);
        DataConvertCommand.Print(report.Read, Console.Out);
        Console.Out.WriteLine($"{report.TrainRecords} records of {report.TrainGroups} prompts or groups to train on -> {train}");
        Console.Out.WriteLine($"{report.EvalRecords} records of {report.EvalGroups} prompts or groups held out -> {eval}");
        return ExitCodes.Done;
    }

    private static Func<long, double> HeldOut(double? fraction, long? rows) => (fraction, rows) switch
    {
        ({ } share, null) when share is > 0 and < 1 => all => share * all,
        (null, >= 1) => _ => rows.Value,
        (null, null) => throw new OptionsException("command line", 0, "how much is to be held out? Give --fraction, such as 0.1, or --rows"),
        (not null, not null) => throw new OptionsException("command line", 0, "--fraction is given beside --rows; keep one"),
        (null, _) => throw new OptionsException("command line", 0, $"--rows is {rows}; it must be at least 1"),
        _ => throw new OptionsException("command line", 0, FormattableString.Invariant($"--fraction is {fraction}; it must be above 0 and below 1")),
    };
}
