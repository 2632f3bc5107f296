using System.Globalization;
using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>A classifier's labels: <c>id2label</c>, <c>label2id</c> and <c>problem_type</c> of Hugging Face's <c>config.json</c>.</summary>
/// <param name="Names">The name of each label; its index is the class.</param>
/// <param name="Problem">What a label means.</param>
public sealed record LabelSet(IReadOnlyList<string> Names, ProblemType Problem)
{
    private const string NamesKey = "id2label";
    private const string CountKey = "num_labels";
    private const string ProblemKey = "problem_type";

    // transformers' PretrainedConfig: what a file that says nothing means, and the limit of what a file may ask for.
    private const int DefaultCount = 2;
    private const int MostLabels = 1_000_000;

    private static readonly (ProblemType Type, string Name)[] ProblemNames =
    [
        (ProblemType.SingleLabel, "single_label_classification"), (ProblemType.MultiLabel, "multi_label_classification"), (ProblemType.Regression, "regression"),
    ];

    /// <summary>C: how many there are.</summary>
    public int Count => Names.Count;

    /// <summary>Whether one label is the index of a class; else it is a number for each class.</summary>
    public bool IsIndex => Problem == ProblemType.SingleLabel;

    /// <summary>Labels without names of their own: <c>LABEL_0</c>, <c>LABEL_1</c>, ….</summary>
    /// <param name="count">How many.</param>
    /// <param name="problem">Null = regression for a single one, else one class of several, as transformers decides.</param>
    public static LabelSet Numbered(int count, ProblemType? problem = null) =>
        new([.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}"))], problem ?? Usual(count));

    /// <summary>The labels that a <c>config.json</c> names; two without names where it names none.</summary>
    /// <param name="config">As read from a folder.</param>
    /// <exception cref="InvalidDataException">Indices with gaps, or an unknown problem type.</exception>
    public static LabelSet Of(ModelConfig config)
    {
        var document = config.Document ?? [];
        var reader = new ConfigReader(document, ModelConfig.FileName);
        IReadOnlyList<string>? names = null;
        if (document[NamesKey] is JsonObject { Count: > 0 } named)
        {
            var byIndex = named.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "", StringComparer.Ordinal);
            names = [.. Enumerable.Range(0, named.Count).Select(i => byIndex.GetValueOrDefault(i.ToString(CultureInfo.InvariantCulture))!)];
            if (names.Contains(null))
            {
                reader.Problem(NamesKey, $"has {named.Count} labels, whose keys must be 0 to {named.Count - 1}");
            }
        }

        var count = names?.Count ?? reader.Number(CountKey, DefaultCount);
        if (count is < 1 or > MostLabels)
        {
            reader.Problem(CountKey, $"must be from 1 to {MostLabels}, got {count}");
        }

        var problem = Usual(count);
        if (reader.Text(ProblemKey, null) is { } text)
        {
            if (ProblemNames.All(known => known.Name != text))
            {
                reader.Problem(ProblemKey, $"is '{text}'; supported are {string.Join(", ", ProblemNames.Select(known => known.Name))}");
            }

            problem = ProblemNames.FirstOrDefault(known => known.Name == text).Type;
        }

        reader.Report([]);
        return names is null ? Numbered(count, problem) : new LabelSet(names, problem);
    }

    /// <summary>Writes the keys that say something else than the classifier's <c>config.json</c> did.</summary>
    /// <param name="json">Takes the keys.</param>
    /// <param name="config">The model's.</param>
    internal void Write(JsonObject json, ModelConfig config)
    {
        if (config.IsClassifier && Of(config) is var stored && stored.Problem == Problem && stored.Names.SequenceEqual(Names))
        {
            return;
        }

        json[NamesKey] = new JsonObject(Names.Select((name, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)name)));
        json["label2id"] = new JsonObject(Names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)i)));
        if (Problem != Usual(Count) || config.Document?[ProblemKey] is not null)
        {
            json[ProblemKey] = ProblemNames.First(known => known.Type == Problem).Name;
        }
    }

    /// <summary>What is wrong with the names; empty when they can be stored.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Count == 0)
        {
            yield return "a classifier needs at least one label";
        }

        foreach (var twice in Names.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            yield return $"the label '{twice.Key}' is named {twice.Count()} times";
        }
    }

    private static ProblemType Usual(int count) => count == 1 ? ProblemType.Regression : ProblemType.SingleLabel;
}
