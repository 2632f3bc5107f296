using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Formats;

/// <summary>
/// Rows of <c>alignment score</c>: <c>text</c> (with <c>text_pair</c>), <c>prompt</c> + <c>completion</c>, <c>messages</c>, or <c>input_ids</c> (one list or a batch of lists)
/// with <c>attention_mask</c>, <c>position_ids</c>, <c>token_type_ids</c>; beside any of them <c>labels</c>.
/// </summary>
/// <param name="options">What the model takes.</param>
public sealed class ScoreRowReader(ScoreRowOptions options)
{
    private static readonly string[] ClassColumns = ["labels", "label"];

    private TextTokenizer? _tokenizer;

    private TextTokenizer Tokenizer => _tokenizer ??= options.Tokenizer();

    /// <summary>Every row of a file, in order, checked. Rows of the formats of <see cref="DataFormats"/> that make a text, a prompt with its completion or a conversation are read, too.</summary>
    /// <param name="path">A file, a pattern or a folder.</param>
    /// <exception cref="DataFormatException">A row that cannot be scored: where, why, what to do.</exception>
    /// <exception cref="FileNotFoundException">There is no such file, or no tokenizer for a row of text.</exception>
    public IReadOnlyList<ScoreRow> Read(string path) =>
        [.. DataFiles.Resolve([path]).SelectMany(JsonRecords.Read).SelectMany(record => Parse(JsonObjects.Parse(record), record.Id))];

    private IEnumerable<ScoreRow> Parse(JsonObject columns, string id)
    {
        if (columns["input_ids"] is not null)
        {
            return [Checked(OfIds(columns, id), columns)];
        }

        // A classifier reads what is to be classified, not a prompt with the name of its class.
        var rows = options.Classes is null ? RowParser.ParseAll(columns, id, RowTypes.Supervised) : [RowParser.Parse(columns, id, RowTypes.Supervised)];
        return rows.Select(row => Checked(OfText(row, columns), columns));
    }

    private ScoreRow Checked(ScoreRow row, JsonObject columns)
    {
        var id = row.Id;
        if (options.Classes is { } classes && ClassColumns.FirstOrDefault(column => columns[column] is not null) is { } label)
        {
            var numbers = new NumberColumns(columns, id);
            row = row with { ClassLabels = numbers.ClassLabels(label, row.Ids.Count, row.IsBatch, options.HasLabelPerClass ? classes : 1) };
        }

        Check(row);
        return row;
    }

    private ScoreRow OfText(DataRow row, JsonObject columns)
    {
        var id = row.Id;
        if (options.Classes is null && columns["labels"] is not null)
        {
            throw new DataFormatException(id, "'labels' stand beside text, whose tokens are not known yet", "give 'input_ids' with them, or 'prompt' and 'completion'");
        }

        if (row is TextRow { Text: var text })
        {
            var encoded = Tokenizer.EncodeWithTypes(text, Pair(columns, id));
            return new ScoreRow { Id = id, Ids = [encoded.Ids], IsTokenized = true, TypeIds = options.Segments > 1 ? [encoded.TypeIds] : null };
        }

        var examples = new ExampleOptions { Tokenizer = Tokenizer, MaxLength = int.MaxValue, Template = options.Template, AddBos = options.AddBos };
        var example = SupervisedExamples.Build([row], examples).Examples.Single();
        var labels = example.Ids.Zip(example.Supervised, (token, counts) => counts ? token : ScoreRow.NotCounted).ToArray();
        return new ScoreRow { Id = id, Ids = [example.Ids], IsTokenized = true, Labels = options.Classes is null ? [labels] : null };
    }

    private static string? Pair(JsonObject columns, string id) =>
        columns["text_pair"] is null ? null
        : RowParser.Content(columns, "text_pair", id) is PlainContent { Text: var text } ? text
        : throw new DataFormatException(id, "column 'text_pair' is a list", "it must be text");

    private ScoreRow OfIds(JsonObject columns, string id)
    {
        var numbers = new NumberColumns(columns, id);
        var (ids, isBatch) = numbers.Sequences("input_ids");
        var real = numbers.Like("attention_mask", ids, isBatch)?.Select(list => list.Select(value => value switch
        {
            0 => false,
            1 => true,
            _ => throw new DataFormatException(id, $"'attention_mask' holds {value}", "1 marks a real token, 0 padding"),
        }).ToArray()).ToArray();
        var longest = ids.Max(list => list.Length);
        if (ids.Any(list => list.Length < longest) && real is null)
        {
            // Sequences of different lengths without a mask: padded on the right here.
            real = [.. ids.Select(list => Enumerable.Range(0, longest).Select(place => place < list.Length).ToArray())];
        }

        return new ScoreRow
        {
            Id = id,
            IsBatch = isBatch,
            Ids = Padded(ids, longest, 0),
            Real = real is null || real.All(list => list.All(isReal => isReal)) ? null : real,
            Positions = numbers.Like("position_ids", ids, isBatch) is { } positions ? Padded(positions, longest, 0) : null,
            TypeIds = options.Segments > 0 && numbers.Like("token_type_ids", ids, isBatch) is { } types ? Padded(types, longest, 0) : null,
            Labels = options.Classes is null && numbers.Like("labels", ids, isBatch) is { } labels ? Padded(labels, longest, ScoreRow.NotCounted) : null,
        };
    }

    private void Check(ScoreRow row)
    {
        var length = row.Ids[0].Length;
        if (length == 0)
        {
            throw new DataFormatException(row.Id, "there is no token in it", "give at least one");
        }

        if (length > options.MaxLength)
        {
            throw new DataFormatException(row.Id, $"{length} tokens are more than the {options.MaxLength} positions that the model has", "shorten the row");
        }

        CheckRange(row, "input_ids", row.Ids, options.VocabularySize, other: null);
        CheckRange(row, "token_type_ids", row.TypeIds, options.Segments, other: null);
        CheckRange(row, "labels", row.Labels, options.VocabularySize, ScoreRow.NotCounted);
        CheckRange(row, "position_ids", row.Positions, options.MaxLength ?? int.MaxValue, other: null);
        if (options is { Classes: > 1 and var classes, HasLabelPerClass: false } && row.ClassLabels?.FirstOrDefault(label => label[0] < 0 || label[0] >= classes || label[0] % 1 != 0) is { } wrong)
        {
            throw new DataFormatException(row.Id, $"the label {wrong[0]} is not one of the model's {classes} classes", $"labels are whole numbers from 0 to {classes - 1}");
        }

        for (var sequence = 0; sequence < row.Ids.Count; sequence++)
        {
            if (row.Real is { } real && !real[sequence].Contains(true))
            {
                throw new DataFormatException(row.Id, $"'attention_mask' leaves no token of sequence {sequence + 1}", "leave the sequence out");
            }
        }
    }

    private static void CheckRange(ScoreRow row, string column, IReadOnlyList<int[]>? lists, int count, int? other)
    {
        foreach (var value in (lists ?? []).SelectMany(list => list))
        {
            if ((value < 0 || value >= count) && value != other)
            {
                throw new DataFormatException(row.Id, $"'{column}' holds {value}", $"the model takes 0 to {count - 1}{(other is null ? "" : $", or {other} for places that do not count")}");
            }
        }
    }

    private static int[][] Padded(IReadOnlyList<int[]> lists, int length, int with) =>
        [.. lists.Select(list => list.Length == length ? list : [.. list, .. Enumerable.Repeat(with, length - list.Length)])];
}
