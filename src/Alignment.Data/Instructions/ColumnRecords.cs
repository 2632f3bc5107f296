using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Formats.Public;
using Alignment.Data.Rows;

namespace Alignment.Data.Instructions;

/// <summary>Rows of JSON or tables as they stand, or read as a format, whose texts are then the columns <c>prompt</c> and <c>completion</c>.</summary>
/// <param name="format">A format's name, or auto; null: the columns as they stand.</param>
/// <param name="onError">What to do with a row that cannot be read.</param>
internal sealed partial class ColumnRecords(string? format, OnError onError) : ITaskRecords
{
    private const string Mark = "####";

    /// <inheritdoc/>
    public IEnumerable<(string Id, JsonObject Columns)> Read(InstructionTask task, Remarks remarks) =>
        task.Files.SelectMany(file => format is null ? Plain(file, remarks) : Formatted(file, remarks));

    /// <inheritdoc/>
    public IReadOnlyList<(string Id, JsonObject Columns)> Examples(InstructionTask task) => [];

    private IEnumerable<(string Id, JsonObject Columns)> Plain(string file, Remarks remarks)
    {
        foreach (var record in JsonRecords.Read(file))
        {
            JsonObject? columns = null;
            try
            {
                columns = JsonObjects.Parse(record);
            }
            catch (DataFormatException problem) when (onError == OnError.Skip)
            {
                remarks.Add(problem.Reason, record.Id);
            }

            if (columns is not null)
            {
                yield return (record.Id, columns);
            }
        }
    }

    private IEnumerable<(string Id, JsonObject Columns)> Formatted(string file, Remarks remarks)
    {
        var read = new ConversionReport();
        var source = new RowSource(format == "auto" ? null : DataFormats.Named(format!), new ColumnMap([]), onError, read);
        foreach (var row in source.Read(file).SelectMany(row => RowAdapter.To(row, RowTypes.PromptCompletion, remarks)))
        {
            var pair = (PromptCompletionRow)row;
            if (Dialog.Single(pair.Prompt) is not { } prompt || Dialog.Text(pair.Completion) is not { } completion)
            {
                remarks.Add("the prompt or the completion is more than one message of text", row.Id);
                continue;
            }

            var columns = RowMeta.Of(row with { Known = [] });
            columns["prompt"] = prompt.System is null ? prompt.Text : $"{prompt.System}\n\n{prompt.Text}";
            columns["completion"] = completion;
            if (columns.ContainsKey("final_answer") && !columns.ContainsKey(TaskTemplate.Rationale))
            {
                // GSM8K: reasons with the calculator's marks, then the number
                columns[TaskTemplate.Rationale] = Calculation().Replace(completion[..completion.LastIndexOf(Mark, StringComparison.Ordinal)], "").Trim();
            }

            yield return (row.Id, columns);
        }

        foreach (var skipped in read.Skipped)
        {
            remarks.Add(skipped.Reason, skipped.Id);
        }
    }

    [GeneratedRegex("<<[^<>]*>>")]
    private static partial Regex Calculation();
}
