using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data;
using Alignment.Data.Formats;

namespace Alignment.Evaluation.Ablation;

/// <summary>Zero-shot accuracy on held-out tasks against the number of task clusters in training (FLAN, Section 4.1 and Figure 6).</summary>
/// <param name="Scores">Each model's, by number of clusters.</param>
/// <param name="Chance">Accuracy of guessing: the mean over tasks of one over the number of choices.</param>
/// <param name="Rows">Evaluated rows.</param>
internal sealed record AblationResults(IReadOnlyList<HeldOutScore> Scores, double Chance, int Rows)
{
    /// <summary>The numbers of clusters, rising, each with its models.</summary>
    public IEnumerable<IGrouping<int, HeldOutScore>> Points => Scores.GroupBy(score => score.Clusters).OrderBy(point => point.Key);

    /// <summary>Puts the numbers together.</summary>
    /// <param name="options">The stage's options.</param>
    /// <exception cref="DataFormatException">A row has no task or template, or is missing.</exception>
    /// <exception cref="InvalidDataException">The choices lack a model.</exception>
    public static AblationResults Of(AblationStageOptions options)
    {
        var rows = DataFiles.Resolve(options.HeldOut).SelectMany(JsonRows.Read).ToDictionary(row => row.Id, row => (
            Task: Text(row, "task"), Template: Text(row, "template"), Choices: (row.Columns["choices"] as JsonArray)?.Count ?? throw Lacks(row.Id, "choices")));
        List<(string Task, string Template, int Choices, IReadOnlyDictionary<string, bool> Right)> judged = [];
        foreach (var (id, right) in ChoicesFile.Read(options.Choices))
        {
            if (options.Models.Keys.FirstOrDefault(model => !right.ContainsKey(model)) is { } missing)
            {
                throw new InvalidDataException($"{options.Choices}: {id} has no verdict on model '{missing}'; its models are {string.Join(", ", right.Keys)}");
            }

            var row = rows.TryGetValue(id, out var found) ? found : throw new DataFormatException(id, "the evaluation knows this row, held_out does not", $"name the files that {options.Choices} was made with");
            judged.Add((row.Task, row.Template, row.Choices, right));
        }

        if (judged.Count == 0)
        {
            throw new DataFormatException(options.Choices, "there are no rows", "give the evaluation choices");
        }

        var tasks = judged.GroupBy(row => row.Task, StringComparer.Ordinal).OrderBy(task => task.Key, StringComparer.Ordinal).ToList();
        return new([.. options.Models.OrderBy(model => model.Value).Select(model => Score(model.Key, model.Value))], tasks.Average(task => task.Average(row => 1.0 / row.Choices)), judged.Count);

        HeldOutScore Score(string model, int clusters)
        {
            var accuracies = tasks.ToDictionary(task => task.Key, task => task.GroupBy(row => row.Template).Select(template => template.Average(row => row.Right[model] ? 1.0 : 0)).ToList());
            return new(model, clusters, accuracies.Values.Average(one => one.Average()), accuracies.Values.Average(one => one.Max()), accuracies.ToDictionary(one => one.Key, one => one.Value.Average()));
        }
    }

    /// <summary>The numbers for programs.</summary>
    public string ToJson() => new JsonObject
    {
        ["rows"] = Rows,
        ["chance"] = Round(Chance),
        ["models"] = new JsonArray([.. Scores.Select(score => new JsonObject
        {
            ["model"] = score.Model,
            ["clusters"] = score.Clusters,
            ["mean_over_templates"] = Round(score.Mean),
            ["best_template"] = Round(score.Best),
            ["tasks"] = new JsonObject(score.Tasks.Select(task => KeyValuePair.Create(task.Key, (JsonNode?)Round(task.Value)))),
        })]),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

    /// <summary>The table for people.</summary>
    public string ToMarkdown()
    {
        string[] tasks = [.. Scores[0].Tasks.Keys];
        var text = new StringBuilder($"Zero-shot accuracy on {Rows} held-out rows of {tasks.Length} tasks; in brackets the lowest and the highest of several models. Guessing gives {Show(Chance)}.\n\n");
        Line(["clusters", "models", "mean over templates", "best template", .. tasks]);
        Line([.. Enumerable.Repeat("---:", tasks.Length + 4)]);
        foreach (var point in Points)
        {
            Line([Whole(point.Key), Whole(point.Count()), Spread(point.Select(score => score.Mean)), Spread(point.Select(score => score.Best)), .. tasks.Select(task => Show(point.Average(score => score.Tasks[task])))]);
        }

        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    private static string Spread(IEnumerable<double> values)
    {
        var all = values.ToList();
        return all.Count == 1 ? Show(all[0]) : $"{Show(all.Average())} [{Show(all.Min())}, {Show(all.Max())}]";
    }

    private static string Show(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static double Round(double value) => Math.Round(value, 6);

    private static string Text(JsonRow row, string column) => row.Columns[column]?.ToString() ?? throw Lacks(row.Id, column);

    private static DataFormatException Lacks(string id, string column) =>
        new(id, $"there is no column '{column}'", "held_out takes the rows that alignment data build-instructions writes: prompt, choices, task, template");
}
