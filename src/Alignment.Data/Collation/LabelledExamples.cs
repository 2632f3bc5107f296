using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>Texts with labels to ids and numbers.</summary>
public static class LabelledExamples
{
    /// <summary>The names that rows give their labels: those found, in ordinal order, or <c>LABEL_0</c> to the highest index.</summary>
    /// <param name="rows">Rows to learn from.</param>
    /// <exception cref="DataFormatException">Names and numbers mixed, or numbers that are no indices.</exception>
    public static IReadOnlyList<string> NamesIn(IReadOnlyList<LabelledRow> rows)
    {
        if (rows[0].HasNames)
        {
            var mixed = rows.FirstOrDefault(row => !row.HasNames);
            return mixed is null
                ? [.. rows.SelectMany(row => row.Labels).Select(label => label.GetValue<string>()).Distinct().Order(StringComparer.Ordinal)]
                : throw new DataFormatException(mixed.Id, $"the label {mixed.Labels[0].ToJsonString()} is a number, those before it are names", "use names or indices throughout");
        }

        var highest = rows.Max(row => row.Labels.Max(label => Index(label, row.Id, 1_000_000)));
        return [.. Enumerable.Range(0, highest + 1).Select(i => $"LABEL_{i}")];
    }

    /// <summary>Makes one example a row. A longer one is an error, left out, or loses the end of its last text, as the options say.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="names">The labels' names, by index.</param>
    /// <param name="takesIndex">Whether a label is one class; else a number for each class.</param>
    /// <param name="isRegression">Whether those numbers are free; else they are the classes that apply.</param>
    /// <param name="options">Tokenizer, length, what becomes of longer rows.</param>
    /// <exception cref="DataFormatException">A label that is none of the names, a row that is too long, or no row left.</exception>
    public static ExampleSet<LabelledExample> Build(IEnumerable<LabelledRow> rows, IReadOnlyList<string> names, bool takesIndex, bool isRegression, ExampleOptions options)
    {
        var gate = new OverflowGate(options);
        var empty = options.Tokenizer.EncodeWithPostProcessor("");
        var examples = new List<LabelledExample>();
        foreach (var row in rows)
        {
            var (ids, segments) = options.Tokenizer.EncodeWithTypes(row.Text, row.Pair);
            if (ids.Length == 0)
            {
                throw new DataFormatException(row.Id, "the text has no tokens", "give it other text or remove the row");
            }

            var label = isRegression ? Targets(row, names.Count) : takesIndex ? [Class(row.Labels is [var one] ? one : throw Several(row), names, row.Id)] : Classes(row, names);
            var tail = Tail(ids, empty);
            if (gate.Fit(row.Id, ids.Length, 0, tail + 1) is { } cut)
            {
                var from = ids.Length - tail - cut;
                examples.Add(new LabelledExample(row.Id, SupervisedExamples.Cut(ids, from, cut), SupervisedExamples.Cut(segments, from, cut), label));
            }
        }

        return gate.Close(examples);
    }

    /// <summary>Tokens at the end that belong around a text, as BERT's [SEP].</summary>
    private static int Tail(int[] ids, int[] empty)
    {
        var tail = 0;
        while (tail < empty.Length && tail < ids.Length - 1 && ids[^(tail + 1)] == empty[^(tail + 1)])
        {
            tail++;
        }

        return tail;
    }

    private static double[] Targets(LabelledRow row, int count) =>
        row.Labels.Count == count && row.Labels.All(label => label.TryGetValue<double>(out _))
            ? [.. row.Labels.Select(label => label.GetValue<double>())]
            : throw new DataFormatException(row.Id, $"the label is not {count} numbers, which this regression predicts", "give one number for each label");

    private static double[] Classes(LabelledRow row, IReadOnlyList<string> names)
    {
        var label = new double[names.Count];
        foreach (var item in row.Labels)
        {
            label[Class(item, names, row.Id)] = 1;
        }

        return label;
    }

    private static int Class(JsonValue label, IReadOnlyList<string> names, string id)
    {
        if (!label.TryGetValue<string>(out var name))
        {
            return Index(label, id, names.Count);
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        throw new DataFormatException(id, $"the label '{name}' is none of {string.Join(", ", names)}", "correct it or add it to labels");
    }

    private static int Index(JsonValue label, string id, int count) =>
        label.TryGetValue<double>(out var number) && number >= 0 && number < count && number % 1 == 0
            ? (int)number
            : throw new DataFormatException(id, $"the label {label.ToJsonString()} is not an index from 0 to {count - 1}", "correct it, add a name to labels, or set problem: regression");

    private static DataFormatException Several(LabelledRow row) => new(row.Id, $"the row has {row.Labels.Count} labels", "give one, or set problem: multi_label");
}
