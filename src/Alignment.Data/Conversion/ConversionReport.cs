using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Conversion;

/// <summary>What a conversion read and wrote, and what did not fit.</summary>
public sealed class ConversionReport
{
    private readonly List<ConvertedFile> _files = [];
    private readonly List<SkippedRow> _skipped = [];

    /// <summary>Each source.</summary>
    public IReadOnlyList<ConvertedFile> Files => _files;

    /// <summary>The first rows that could not be read, with the reason.</summary>
    public IReadOnlyList<SkippedRow> Skipped => _skipped;

    /// <summary>What was lost, left out or worth a note, with its count and first row.</summary>
    public Remarks Remarks { get; } = new();

    /// <summary>Rows written.</summary>
    public long Written => _files.Sum(file => file.Written);

    /// <summary>Records that could not be read.</summary>
    public long SkippedCount => _files.Sum(file => file.Skipped);

    /// <summary>The report as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["files"] = new JsonArray([.. _files.Select(file => new JsonObject
        {
            ["path"] = file.Path,
            ["format"] = file.Format,
            ["why"] = file.Why,
            ["records"] = file.Records,
            ["rows"] = file.Rows,
            ["written"] = file.Written,
            ["skipped"] = file.Skipped,
        })]),
        ["written"] = Written,
        ["remarks"] = new JsonArray([.. Remarks.All.Select(one => new JsonObject { ["what"] = one.What, ["rows"] = one.Count, ["first"] = one.First })]),
        ["skipped"] = new JsonArray([.. _skipped.Select(one => new JsonObject { ["id"] = one.Id, ["reason"] = one.Reason })]),
    };

    internal void Add(ConvertedFile file) => _files.Add(file);

    internal void Skip(ConvertedFile file, DataFormatException problem, string id)
    {
        file.Skipped++;
        if (_skipped.Count < RowReader.ListedAtMost)
        {
            _skipped.Add(new SkippedRow(id, problem.Reason));
        }
    }
}
