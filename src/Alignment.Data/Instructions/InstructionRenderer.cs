using Alignment.Data.Collation;

namespace Alignment.Data.Instructions;

/// <summary>Puts rows into words.</summary>
/// <param name="options">Style of listed options, solved examples.</param>
internal sealed class InstructionRenderer(InstructionOptions options)
{
    /// <summary>A row by one template, without examples.</summary>
    /// <param name="task">Its task.</param>
    /// <param name="row">The row.</param>
    /// <param name="template">The template; the row fits it.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="listed">The options in their order; empty where there are none.</param>
    /// <param name="kind">The kind.</param>
    public InstructionExample Plain(InstructionTask task, TaskRow row, TaskTemplate template, string answer, IReadOnlyList<string> listed, InstructionKind kind) => new(
        kind, template.Index, task.Instruction is { } instruction ? Filled(instruction, row, answer, listed) : null, [],
        Filled(template.Prompt, row, answer, listed), Filled(template.Completion, row, answer, listed));

    /// <summary>
    /// The same after solved examples: rows of the pool by the same template, drawn without repetition. Neither the row itself nor another one that asks the same is among them.
    /// </summary>
    /// <param name="plain">The row without examples.</param>
    /// <param name="task">Its task.</param>
    /// <param name="row">The row.</param>
    /// <param name="template">The template.</param>
    /// <param name="pool">Where the examples come from.</param>
    /// <param name="chance">The random numbers.</param>
    /// <param name="forbidden">Prompts that must not stand among the examples; null for none.</param>
    /// <param name="wanted">How many examples.</param>
    public InstructionExample WithShots(InstructionExample plain, InstructionTask task, TaskRow row, TaskTemplate template, IReadOnlyList<TaskRow> pool, SplitMix64 chance, HeldOutPrompts? forbidden, int wanted)
    {
        List<(string, string)> shots = [];
        var order = Enumerable.Range(0, pool.Count).ToArray();
        for (var i = 0; i < order.Length && shots.Count < wanted; i++)
        {
            var j = i + chance.Below(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
            var other = pool[order[i]];
            if (other.Id == row.Id || !other.Fits(template))
            {
                continue;
            }

            var answer = other.Answers[chance.Below(other.Answers.Count)];
            var shot = Plain(task, other, template, answer, Listed(task, other, chance), plain.Kind);
            if (shot.Prompt != plain.Prompt && forbidden?.Contains(shot) != true)
            {
                shots.Add((shot.Prompt, shot.Completion));
            }
        }

        return plain with { Shots = shots };
    }

    /// <summary>The options of a row in the order in which they are listed.</summary>
    public IReadOnlyList<string> Listed(InstructionTask task, TaskRow row, SplitMix64 chance)
    {
        var all = row.Options ?? task.Options;
        if (!options.ShuffleOptions || all.Count == 0)
        {
            return all;
        }

        var shuffled = all.ToArray();
        chance.Shuffle(shuffled.AsSpan());
        return shuffled;
    }

    private string Filled(PromptTemplate template, TaskRow row, string answer, IReadOnlyList<string> listed) => template.Render(
        name => name switch
        {
            TaskTemplate.Answer => answer,
            TaskTemplate.Options => Block(listed),
            TaskTemplate.Rationale => row.Rationale,
            _ => row.Text(name),
        },
        out var missing) ?? throw new InvalidOperationException($"{row.Id} has no '{missing}', although it was found to fit");

    private string Block(IReadOnlyList<string> listed) => options.OptionsStyle switch
    {
        OptionsStyle.Letters => string.Join(' ', listed.Select((option, i) => $"({(i < 26 ? ((char)('A' + i)).ToString() : $"{i + 1}")}) {option}")),
        OptionsStyle.Inline => listed.Count < 2 ? string.Concat(listed) : $"{string.Join(", ", listed.Take(listed.Count - 1))} or {listed[^1]}",
        _ => $"OPTIONS:\n{string.Join('\n', listed.Select(option => $"- {option}"))}",
    };
}
