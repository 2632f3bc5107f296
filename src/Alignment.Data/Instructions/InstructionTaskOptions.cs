using System.ComponentModel;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>One task of a <c>tasks.yaml</c>: its rows and how people would put them into words.</summary>
public sealed record InstructionTaskOptions
{
    /// <summary>The rows.</summary>
    [Category("input")]
    [Description("files of labelled rows: paths, patterns, folders")]
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>A format of <see cref="DataFormats"/>; null: columns as they stand.</summary>
    [Description("a format of data convert, or auto; its texts are the columns prompt and completion. Left out: the rows' own columns")]
    public string? Format { get; init; }

    /// <summary>The cluster.</summary>
    [Description("tasks of one kind; a cluster is held out as a whole. Left out: the task's own name")]
    public string? Cluster { get; init; }

    /// <summary>The column of the label.</summary>
    [Description("column of the answer, a text, a number, or a list of which any is right. Left out: answer, or completion with a format")]
    public string? Answer { get; init; }

    /// <summary>Words for labels.</summary>
    [Description("label: the word for it, for columns that hold numbers or codes")]
    public IReadOnlyDictionary<string, string> Verbalizer { get; init; } = new Dictionary<string, string>();

    /// <summary>All answers that there are.</summary>
    [Description("all answers that there are; with a verbalizer its words, unless given")]
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>A column with the options of the row.</summary>
    [Description("column with a list of the row's own options, the answer among them")]
    public string? OptionsColumn { get; init; }

    /// <summary>Take the answers that occur as options.</summary>
    [Description("take the answers that occur as options where there are at most this many; 0: do not")]
    public int InferOptions { get; init; }

    /// <summary>What stands once before examples and prompt.</summary>
    [Description("text that stands once, before the examples and the prompt; a template")]
    public string? Instruction { get; init; }

    /// <summary>Ways to ask.</summary>
    [Description("ways to ask: texts with {column}, {answer}, {options}; after ||| what to answer, {answer} where left out")]
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>Ways to ask for an input.</summary>
    [Description("ways to ask for an input to this answer: 'Ask something whose answer is {answer}. ||| {question}'")]
    public IReadOnlyList<string> Inverted { get; init; } = [];

    /// <summary>The column of the reasons.</summary>
    [Description("column with the reasons for the answer")]
    public string? Rationale { get; init; }

    /// <summary>Ways to ask for reasons and answer.</summary>
    [Description("ways to ask for reasons and answer; left out, with a rationale: each template with \"Let's think step by step.\"")]
    public IReadOnlyList<string> ChainOfThought { get; init; } = [];

    /// <summary>The most rows of the task; null: the cap of all.</summary>
    [Description("the most rows of this task; left out: cap")]
    public int? Cap { get; init; }

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (Files.Count == 0, "files is empty; name at least one"),
            (Files.Contains(DataFiles.StandardInput), "files has '-'; the rows are read twice, which the standard input cannot be: write them to a file"),
            (Format is { } format && format != "auto" && DataFormats.Named(format) is null, $"format is '{Format}'; use auto or one of {string.Join(", ", DataFormats.All.Select(one => one.Name))}"),
            (Format is null && Templates.Count + Inverted.Count == 0, "templates is missing; write at least one way to ask, such as \"Where does {person} live?\""),
            (Options.Distinct(StringComparer.Ordinal).Count() < Options.Count || Options.Any(string.IsNullOrWhiteSpace), "options has an empty text or one that stands there twice"),
            (Options.Count == 1, "options has one entry; a choice needs two"),
            (Options.Count > 0 && OptionsColumn is not null, "options and options_column are both given; keep one"),
            (InferOptions is < 0 or > 1000, $"infer_options is {InferOptions}; it must be from 0 to 1000"),
            (Cap is < 1, $"cap is {Cap}; it must be at least 1"),
            (ChainOfThought.Count > 0 && Rationale is null, "chain_of_thought is given, but rationale names no column; add it"),
        ];
        var names = PromptTemplates().SelectMany(one => TaskTemplate.Problems(one.Text).Select(problem => $"{one.Option} {problem}"));
        var bare = Inverted.Index().Where(one => !one.Item.Contains(TaskTemplate.Separator, StringComparison.Ordinal))
            .Select(one => $"inverted[{one.Index}] has no '{TaskTemplate.Separator}'; write behind it what to answer, such as '{TaskTemplate.Separator} {{question}}'");
        var listing = Options.Count == 0 && OptionsColumn is null && InferOptions == 0 && Verbalizer.Count == 0
            ? PromptTemplates().Where(one => one.Text.Contains("{options}", StringComparison.Ordinal)).Select(one => $"{one.Option} lists {{options}}, but the task has none; give options, options_column or infer_options")
            : [];
        var told = PromptTemplates().Where(one => !one.Option.StartsWith("inverted", StringComparison.Ordinal) && one.Text.Split(TaskTemplate.Separator)[0].Contains($"{{{TaskTemplate.Answer}}}", StringComparison.Ordinal))
            .Select(one => $"{one.Option} gives the answer away: {{answer}} stands before '{TaskTemplate.Separator}'");
        return [.. rules.Where(rule => rule.Broken).Select(rule => rule.Text), .. names, .. bare, .. listing, .. told];
    }

    /// <summary>Every template with the option that it stands in.</summary>
    internal IEnumerable<(string Option, string Text)> PromptTemplates() =>
    [
        .. Instruction is null ? Array.Empty<(string, string)>() : [("instruction", Instruction)],
        .. Templates.Select((text, i) => ($"templates[{i}]", text)),
        .. Inverted.Select((text, i) => ($"inverted[{i}]", text)),
        .. ChainOfThought.Select((text, i) => ($"chain_of_thought[{i}]", text)),
    ];
}
