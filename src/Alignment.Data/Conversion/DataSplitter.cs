using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Conversion;

/// <summary>
/// Parts files into rows to train on and rows to evaluate with: all rows of one prompt and of one declared group on one side, each record as it stands. Files are read twice,
/// one record in memory at a time; about 150 bytes stay of each prompt.
/// </summary>
/// <param name="options">How much, and what keeps rows together.</param>
public sealed class DataSplitter(SplitOptions options)
{
    private const string SeveralPrompts = "note: a record with rows of several prompts stays whole; alignment data convert parts it";
    private const int Skipped = -2;
    private const int WithoutRows = -1;

    /// <summary>Splits files. Both targets are whole on the disk before the first of them is put in place.</summary>
    /// <param name="files">The sources; they must not change meanwhile.</param>
    /// <param name="train">The target for the rows to train on; JSONL, a JSON array or a table by its name, as of <see cref="DataConverter"/>.</param>
    /// <param name="eval">The target for the others.</param>
    /// <returns>What was read and written.</returns>
    /// <exception cref="DataFormatException">A record that cannot be read, unless it is skipped; or none can be held out.</exception>
    /// <exception cref="IOException">A target cannot be written.</exception>
    public SplitReport Split(IReadOnlyList<string> files, string train, string eval)
    {
        ArgumentNullException.ThrowIfNull(files);
        var report = new ConversionReport();
        var split = new TrainEvalSplit(options.Seed, options.Column);
        var members = Survey(files, split, report);
        if (!split.HoldOut(options.HeldOut(split.Rows)))
        {
            throw new DataFormatException(string.Join(", ", files), $"all {split.Rows} rows share one prompt or group, so none can be held out", "give more data, or make a file of evaluation rows by hand");
        }

        using var toTrain = RowFile.Create(train, report.Remarks, hasMeta: false);
        using var toEval = RowFile.Create(eval, report.Remarks, hasMeta: false);
        var (place, held, without) = (0, 0L, 0L);
        foreach (var record in files.SelectMany(JsonRecords.Read))
        {
            var member = place < members.Count ? members[place++] : throw Changed(record.Id);
            if (member == Skipped)
            {
                continue;
            }

            var isHeldOut = member >= 0 && split.IsHeldOut(member);
            (isHeldOut ? toEval : toTrain).Write(JsonObjects.Parse(record, options.NanAsNull), record.Id);
            held += isHeldOut ? 1 : 0;
            without += member == WithoutRows ? 1 : 0;
        }

        if (place < members.Count || held != split.HeldOutRows)
        {
            throw Changed(files[^1]);
        }

        toTrain.Complete();
        toEval.Complete();
        toTrain.Place();
        toEval.Place();
        return new SplitReport(report, split.Rows - held + without, split.Groups - split.HeldOutGroups, held, split.HeldOutGroups);
    }

    /// <summary>Shows the split every record, and says what of it each one is.</summary>
    private List<int> Survey(IReadOnlyList<string> files, TrainEvalSplit split, ConversionReport report)
    {
        var source = new RowSource(options.From, options.Columns, options.OnError, report, options.NanAsNull);
        var members = new List<int>();
        foreach (var (id, rows) in files.SelectMany(source.Records))
        {
            if (rows is { Count: > 1 } && rows.Select(row => RowMeta.Text(row, RowMeta.Group) ?? TrainEvalSplit.Prompt(row)).Distinct().Skip(1).Any())
            {
                report.Remarks.Add(SeveralPrompts, id);
            }

            members.Add(rows is null ? Skipped : rows.Count == 0 ? WithoutRows : split.Add([.. rows]));
        }

        return members;
    }

    private static DataFormatException Changed(string id) => new(id, "the file is another one than when it was read first", "it must not change meanwhile: run the command again");
}
