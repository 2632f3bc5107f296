using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>The tasks of a <c>tasks.yaml</c>, ready to be read.</summary>
internal static class TaskList
{
    private const string StepByStep = "\nLet's think step by step.";
    private const string Conclusion = " ||| {rationale}\nThe answer is {answer}.";

    /// <summary>All of them: those of <c>tasks</c>, then one for each file of <c>natural_instructions</c>.</summary>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    /// <exception cref="InstructionOptionsException">Two tasks have one name.</exception>
    public static IReadOnlyList<InstructionTask> Of(InstructionOptions options)
    {
        List<InstructionTask> tasks = [.. options.Tasks.Select(pair => Of(pair.Key, pair.Value, options))];
        tasks.AddRange(options.NaturalInstructions.Count == 0 ? [] : DataFiles.Resolve(options.NaturalInstructions).Select(file => Natural(file, options)));
        var twice = tasks.GroupBy(task => task.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).ToList();
        return twice.Count == 0 ? tasks : throw new InstructionOptionsException(
            [.. twice.Select(group => $"{group.Last().Option} has the task '{group.Key}' twice ({string.Join(", ", group.SelectMany(task => task.Files))}); names must differ")]);
    }

    private static InstructionTask Of(string name, InstructionTaskOptions task, InstructionOptions options)
    {
        IReadOnlyList<string> asking = task.Templates.Count == 0 && task.Format is not null ? ["{prompt}"] : task.Templates;
        IReadOnlyList<string> thinking = task.ChainOfThought.Count > 0 || task.Rationale is null ? task.ChainOfThought
            : [.. asking.Select(text => text.Split(TaskTemplate.Separator)[0].TrimEnd() + StepByStep + Conclusion)];
        return new InstructionTask
        {
            Name = name,
            Cluster = task.Cluster ?? name,
            Option = $"tasks.{name}",
            Files = DataFiles.Resolve(task.Files),
            Records = new ColumnRecords(task.Format, options.OnError),
            Answer = task.Answer ?? (task.Format is null ? TaskTemplate.Answer : "completion"),
            Verbalizer = task.Verbalizer,
            Options = task.Options.Count > 0 || task.OptionsColumn is not null ? task.Options : [.. task.Verbalizer.Values.Distinct(StringComparer.Ordinal)],
            OptionsColumn = task.OptionsColumn,
            InferOptions = task.InferOptions,
            Rationale = task.Rationale,
            Instruction = task.Instruction is { } text ? new PromptTemplate(text) : null,
            Asking = Templates(asking, $"tasks.{name}.templates"),
            Inverted = Templates(task.Inverted, $"tasks.{name}.inverted"),
            ChainOfThought = Templates(thinking, $"tasks.{name}.{(task.ChainOfThought.Count > 0 ? "chain_of_thought" : "templates")}"),
            Cap = task.Cap ?? options.Cap,
        };
    }

    private static InstructionTask Natural(string file, InstructionOptions options) => new()
    {
        Name = Path.GetFileName(file).Split('.')[0],
        Cluster = "",
        Option = InstructionTask.NaturalOption,
        Files = [file],
        Records = new NaturalRecords(),
        Answer = NaturalRecords.Output,
        InferOptions = options.NaturalInferOptions,
        Instruction = new PromptTemplate($"{{{NaturalRecords.Definition}}}"),
        Asking = Templates(options.NaturalTemplates, "natural_templates"),
        Cap = options.Cap,
    };

    private static TaskTemplate[] Templates(IReadOnlyList<string> texts, string option) => [.. texts.Select((text, i) => new TaskTemplate(text, i, $"{option}[{i}]"))];
}
