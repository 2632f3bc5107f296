using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Alignment.Data;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Data.Selection;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment data select</c>: the rows that are worth training on.</summary>
internal static class DataSelectCommand
{
    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "the sources of any format; the last one is the target", Arity = new ArgumentArity(2, 100_000) }.RefuseOptions();
    private static readonly Option<string> To = new("--to") { Description = "the target's format; default: the TRL type of the first row", HelpName = "FORMAT" };
    private static readonly Option<OnError> Bad = new("--on-error") { Description = "what to do with a record that cannot be read", DefaultValueFactory = _ => OnError.Error };
    private static readonly Option<string[]> Map = new("--map") { Description = "name=column, as of data convert", HelpName = "MAP" };
    private static readonly Option<bool> Distinct = new("--dedup") { Description = "leave out rows whose texts all stood in an earlier row" };
    private static readonly Option<double?> Near = new("--near") { Description = "leave out rows with this similarity to an earlier one, such as 0.8", HelpName = "S" };
    private static readonly Option<bool> Usable = new("--usable") { Description = "leave out rows that training refuses" };
    private static readonly Option<int> LeastWords = new("--min-words") { Description = "the fewest words of a response", HelpName = "N" };
    private static readonly Option<int> MostWords = new("--max-words") { Description = "the most words of a response", DefaultValueFactory = _ => int.MaxValue, HelpName = "N" };
    private static readonly Option<string[]> Ranges = new("--range") { Description = "column=from..to: a number of the row or its meta, such as a model's loss; may be repeated", HelpName = "RANGE" };
    private static readonly Option<string?> Scores = new("--scores") { Description = "JSONL with an object for each row, in the rows' order, whose numbers --range may name: what alignment score --loss writes", HelpName = "FILE" };
    private static readonly Option<int?> Diverse = new("--diverse") { Description = "keep this many rows that are as different from each other as can be (k-centre on hashed words)", HelpName = "K" };

    public static Command Create()
    {
        var command = new Command("select", "Keeps the rows that are worth training on: without duplicates, within ranges, diverse.") { Files, To, Map, Bad, Distinct, Near, Usable, LeastWords, MostWords, Ranges, Scores, Diverse };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var files = parsed.GetRequiredValue(Files);
        var (sources, output, columns) = (DataFiles.Resolve(files[..^1]), files[^1], DataConvertCommand.Columns(parsed.GetValue(Map)));
        if (sources.Contains(DataFiles.StandardInput) || sources.Any(source => Path.GetFullPath(source) == Path.GetFullPath(output)))
        {
            throw new OptionsException("command line", 0, "the sources are read twice: they cannot be the standard input, nor the target, which is the last of FILES");
        }

        var selection = new RowSelection(new SelectionOptions
        {
            Distinct = parsed.GetValue(Distinct),
            NearDuplicate = parsed.GetValue(Near),
            Usable = parsed.GetValue(Usable),
            LeastWords = parsed.GetValue(LeastWords),
            MostWords = parsed.GetValue(MostWords),
            Ranges = [.. (parsed.GetValue(Ranges) ?? []).Select(Range)],
            Diverse = parsed.GetValue(Diverse),
        });
        DataRow? first = null;
        var read = new RowSource(null, columns, parsed.GetValue(Bad), new ConversionReport());
        using var scores = parsed.GetValue(Scores) is { } path ? JsonRows.Read(path).GetEnumerator() : null;
        foreach (var row in sources.SelectMany(read.Read))
        {
            first ??= row;
            if (scores is not null)
            {
                AddScore(row, scores);
            }

            selection.Add(row);
        }

        if (scores?.MoveNext() == true)
        {
            throw new DataFormatException(scores.Current.Id, $"--scores has more objects than there are rows ({selection.Rows})", "score the same files, in the same order");
        }

        var rows = selection.Finish();
        var to = parsed.GetValue(To) is { } name ? DataConvertCommand.Find(name, "--to") : DataFormats.All.FirstOrDefault(format => format.Name.StartsWith("trl-", StringComparison.Ordinal) && format.Takes.HasFlag(DataFormats.TypeOf(first!)));
        if (to is null || to.Takes == RowTypes.None)
        {
            throw new OptionsException("command line", 0, "name the target's format with --to, one that can be written");
        }

        var report = new DataConverter(new ConversionOptions { To = to, Columns = columns, OnError = parsed.GetValue(Bad), Rows = rows }).Convert(sources, output);
        foreach (var (what, count, where) in selection.Left.All)
        {
            Console.Out.WriteLine($"  {what}: {count}{(where.Length > 0 ? $" (first: {where})" : "")}");
        }

        Console.Out.WriteLine($"{rows.Count} of {selection.Rows} rows kept, {report.Written} written as {to.Name} -> {output}");
        return ExitCodes.Done;
    }

    /// <summary>Puts the numbers of the row's score beside its columns; the files themselves stay as they are.</summary>
    private static void AddScore(DataRow row, IEnumerator<JsonRow> scores)
    {
        if (!scores.MoveNext())
        {
            throw new DataFormatException(row.Id, "--scores has no object for this row", "score the same files, in the same order");
        }

        foreach (var (name, value) in scores.Current.Columns.Where(pair => pair.Value?.GetValueKind() == JsonValueKind.Number))
        {
            row.Columns[name] = value!.DeepClone();
        }
    }

    private static (string Column, double From, double To) Range(string text)
    {
        var (at, dots) = (text.IndexOf('=', StringComparison.Ordinal), text.IndexOf("..", StringComparison.Ordinal));
        return at > 0 && dots > at && Number(text[(at + 1)..dots], double.NegativeInfinity) is { } from && Number(text[(dots + 2)..], double.PositiveInfinity) is { } to
            ? (text[..at], from, to)
            : throw new OptionsException("command line", 0, $"--range {text} is not column=from..to, such as loss=0.5..3 or loss=..3");
    }

    private static double? Number(string text, double open) =>
        text.Length == 0 ? open : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
