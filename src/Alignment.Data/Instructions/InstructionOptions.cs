using System.ComponentModel;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>A <c>tasks.yaml</c>: which tasks, in which words, and how much of each.</summary>
public sealed record InstructionOptions
{
    /// <summary>The tasks by name.</summary>
    [Description("name: a task's rows, answer and templates")]
    public IReadOnlyDictionary<string, InstructionTaskOptions> Tasks { get; init; } = new Dictionary<string, InstructionTaskOptions>();

    /// <summary>Task files of Super-NaturalInstructions.</summary>
    [Category("input")]
    [Description("task files of Super-NaturalInstructions: paths, patterns, folders. A file is a task, its category the cluster, its positive examples the solved ones")]
    public IReadOnlyList<string> NaturalInstructions { get; init; } = [];

    /// <summary>The same for all tasks of <see cref="NaturalInstructions"/>.</summary>
    [Description("ways to put an instance of natural_instructions, behind its definition")]
    public IReadOnlyList<string> NaturalTemplates { get; init; } = ["Input: {input}\nOutput:"];

    /// <summary>The most different outputs of a task of <see cref="NaturalInstructions"/> that chooses among them.</summary>
    [Description("a task of natural_instructions with at most this many different outputs chooses among them; with more it is free text")]
    public int NaturalInferOptions { get; init; } = 10;

    /// <summary>Clusters that nothing is trained on.</summary>
    [Description("clusters that training never sees; their rows are written for evaluation, in all templates")]
    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <summary>Rows of each held-out task.</summary>
    [Description("the most rows of each held-out task; each is written once for each template")]
    public int HeldOutRows { get; init; } = 200;

    /// <summary>Numbers of solved examples behind which held-out rows are also asked.</summary>
    [Description("also ask held-out rows behind this many solved examples, in shots-N/; several numbers make several folders")]
    public IReadOnlyList<int> HeldOutShots { get; init; } = [];

    /// <summary>The same with reasons, in examples and answers; 0 for none.</summary>
    [Description("also ask held-out rows of tasks with reasons for the reasons first, behind this many solved examples with theirs (0: none), in chain_of_thought-N/")]
    public IReadOnlyList<int> HeldOutChainOfThought { get; init; } = [];

    /// <summary>The most rows of a task.</summary>
    [Description("the most rows of a task that training draws from (FLAN: 30000)")]
    public int Cap { get; init; } = 30_000;

    /// <summary>K of examples-proportional mixing.</summary>
    [Description("examples-proportional mixing: rows beyond this many give a task no greater weight (K of T5; FLAN: 3000)")]
    public int MaxRate { get; init; } = 3000;

    /// <summary>T of the mixing.</summary>
    [Description("temperature of the mixing: weights to the power 1/T; 1 is proportional, large values make tasks equal (T5)")]
    public double Temperature { get; init; } = 1;

    /// <summary>Rows of the training file; null: the sum of the weights at temperature 1.</summary>
    [Description("rows of the training file; left out: the sum of min(rows, max_rate) over the tasks. More than a task has repeats its rows in other templates")]
    public int? Rows { get; init; }

    /// <summary>Shares of the kinds.</summary>
    [Description("how many of a task's rows become which kind, relative to each other")]
    public InstructionShares Shares { get; init; } = new();

    /// <summary>Solved examples.</summary>
    [Description("how solved examples stand before a prompt")]
    public FewShotOptions FewShot { get; init; } = new();

    /// <summary>What <c>{options}</c> becomes.</summary>
    [Description("what {options} becomes: list (OPTIONS: and lines), letters, inline (a, b or c)")]
    public OptionsStyle OptionsStyle { get; init; } = OptionsStyle.List;

    /// <summary>Whether options stand in random order.</summary>
    [Description("list options in an order drawn by the seed")]
    public bool ShuffleOptions { get; init; }

    /// <summary>The order of the training file.</summary>
    [Description("order of the training file")]
    public InstructionOrder Order { get; init; } = InstructionOrder.Shuffled;

    /// <summary>A column of numbers.</summary>
    [Description("with easy_to_hard: column of a number, such as a model's loss; left out: characters of prompt and completion")]
    public string? DifficultyColumn { get; init; }

    /// <summary>Messages in place of texts.</summary>
    [Description("write prompts and completions as messages, not as texts; solved examples become turns of the conversation")]
    public bool Messages { get; init; }

    /// <summary>What stands before each completion.</summary>
    [Description("text before each completion, such as a space for models that go on writing a text")]
    public string CompletionPrefix { get; init; } = "";

    /// <summary>What to do with a row that cannot be read.</summary>
    [Description("what to do with a row that cannot be read; rows that a task cannot use are always left out and counted")]
    public OnError OnError { get; init; } = OnError.Error;

    /// <summary>Training sets of more and more clusters.</summary>
    [Description("also write training sets of more and more clusters, each containing the ones before")]
    public AblationOptions? Ablation { get; init; }

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (Tasks.Count + NaturalInstructions.Count == 0, "tasks and natural_instructions are missing; name at least one task"),
            (Tasks.Keys.Any(string.IsNullOrWhiteSpace), "tasks has an empty name; give each task one"),
            (NaturalTemplates.Count == 0, "natural_templates is empty; write at least one"),
            (NaturalInferOptions is < 0 or > 1000, $"natural_infer_options is {NaturalInferOptions}; it must be from 0 to 1000"),
            (HeldOutRows < 1, $"held_out_rows is {HeldOutRows}; it must be at least 1"),
            (HeldOutShots.Any(shots => shots is < 1 or > 100), "held_out_shots holds a number that is not from 1 to 100"),
            (HeldOutChainOfThought.Any(shots => shots is < 0 or > 100), "held_out_chain_of_thought holds a number that is not from 0 to 100"),
            (HeldOutShots.Distinct().Count() < HeldOutShots.Count, "held_out_shots names a number twice"),
            (HeldOutChainOfThought.Distinct().Count() < HeldOutChainOfThought.Count, "held_out_chain_of_thought names a number twice"),
            (HeldOut.Count == 0 && HeldOutShots.Count + HeldOutChainOfThought.Count > 0, "held_out_shots or held_out_chain_of_thought is given, but held_out names no cluster; name one"),
            (HeldOutShots.Concat(HeldOutChainOfThought).Any(shots => shots >= FewShot.Pool), $"held_out_shots or held_out_chain_of_thought asks for as many examples as few_shot.pool ({FewShot.Pool}) has; raise pool"),
            (Cap < 1, $"cap is {Cap}; it must be at least 1"),
            (MaxRate < 1, $"max_rate is {MaxRate}; it must be at least 1"),
            (!(Temperature > 0), FormattableString.Invariant($"temperature is {Temperature}; it must be above 0")),
            (Rows is < 1, $"rows is {Rows}; it must be at least 1"),
            (DifficultyColumn is not null && Order != InstructionOrder.EasyToHard, "difficulty_column is given, but order is not easy_to_hard; change one"),
        ];
        return
        [
            .. rules.Where(rule => rule.Broken).Select(rule => rule.Text),
            .. NaturalTemplates.SelectMany((text, i) => TaskTemplate.Problems(text).Select(problem => $"natural_templates[{i}] {problem}")),
        ];
    }
}
