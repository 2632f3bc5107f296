using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Formats.Trl;
using Alignment.Data.Rows;

namespace Alignment.Data.Conversion;

/// <summary>Files of one format to a file of another, one record in memory at a time.</summary>
/// <param name="options">The formats.</param>
public sealed class DataConverter(ConversionOptions options)
{
    private const string StrictColumns = "no column for it in the target";

    /// <summary>Converts files into one.</summary>
    /// <param name="files">The sources, in order.</param>
    /// <param name="output">The target: JSONL, a JSON array where it ends with .json, a table where it ends with .csv or .tsv; .gz of them. It appears whole or not at all.</param>
    /// <returns>What was read, written and lost.</returns>
    /// <exception cref="DataFormatException">A record that cannot be read, unless it is skipped; or nothing is left to write.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public ConversionReport Convert(IEnumerable<string> files, string output)
    {
        ArgumentNullException.ThrowIfNull(files);
        var report = new ConversionReport();
        var source = new RowSource(options.From, options.Columns, options.OnError, report, options.NanAsNull);
        using var target = RowFile.Create(output, report.Remarks);
        var records = new RecordQueue(target, options.To);
        var place = -1;
        foreach (var path in files)
        {
            foreach (var row in source.Read(path))
            {
                place++;
                if (options.Rows?.Contains(place) == false)
                {
                    continue;
                }

                foreach (var to in RowAdapter.To(row, options.To.Takes, report.Remarks))
                {
                    if (Write(RowAdapter.Styled(to, options.Style, report.Remarks), report.Remarks) is { } written)
                    {
                        records.Add(written, to.Id);
                        report.Files[^1].Written++;
                    }
                }
            }
        }

        if (report.Written == 0)
        {
            throw new DataFormatException(output, $"no row was left to write{string.Concat(report.Remarks.All.Take(1).Select(one => $" ({one.What}: {one.Count} rows)"))}", "choose another target with --to");
        }

        records.Flush();
        target.Finish();
        return report;
    }

    private JsonObject? Write(DataRow row, Remarks remarks)
    {
        var meta = RowMeta.Of(row);
        if (row is PreferenceRow pair && options.To is not TrlFormat)
        {
            AddVerdict(meta, pair);
        }

        if (options.To.Write(row, meta, remarks) is not { } written)
        {
            return null;
        }

        if (meta.Count == 0)
        {
            return written;
        }

        if (options.To.HoldsMeta)
        {
            written[RowMeta.Column] = meta;
        }
        else
        {
            foreach (var (name, _) in meta)
            {
                remarks.Add($"lost: '{name}', {StrictColumns}", row.Id);
            }
        }

        return written;
    }

    /// <summary>What only TRL's rows have columns for.</summary>
    private static void AddVerdict(JsonObject meta, PreferenceRow pair)
    {
        if (pair.Margin != 0)
        {
            meta["margin"] = pair.Margin;
        }

        if (pair.Label != 1)
        {
            meta["label"] = pair.Label;
        }
    }
}
