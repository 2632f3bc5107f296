using System.ComponentModel;

namespace Alignment.Data.Instructions;

/// <summary>How many of a task's rows become which kind, relative to each other. A task without templates for a kind shares it out among the others.</summary>
public sealed record InstructionShares
{
    /// <summary>Of <see cref="InstructionKind.ZeroShot"/>.</summary>
    [Description("the prompt alone")]
    public double ZeroShot { get; init; } = 1;

    /// <summary>Of <see cref="InstructionKind.FewShot"/>.</summary>
    [Description("after solved examples of the same task")]
    public double FewShot { get; init; }

    /// <summary>Of <see cref="InstructionKind.ChainOfThought"/>.</summary>
    [Description("reasons before the answer, where a task has a rationale column")]
    public double ChainOfThought { get; init; }

    /// <summary>Of <see cref="InstructionKind.Inverted"/>.</summary>
    [Description("the task turned around, where it has inverted templates")]
    public double Inverted { get; init; }

    /// <summary>The share of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public double Of(InstructionKind kind) => kind switch
    {
        InstructionKind.ZeroShot => ZeroShot,
        InstructionKind.FewShot => FewShot,
        InstructionKind.ChainOfThought => ChainOfThought,
        _ => Inverted,
    };

    /// <summary>What is wrong with the values.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, double Value)[] all = [("zero_shot", ZeroShot), ("few_shot", FewShot), ("chain_of_thought", ChainOfThought), ("inverted", Inverted)];
        foreach (var (name, value) in all.Where(share => share.Value < 0))
        {
            yield return FormattableString.Invariant($"{name} is {value}; a share must be at least 0");
        }

        if (all.All(share => share.Value <= 0))
        {
            yield return "all shares are 0; give at least one kind a share above 0";
        }
    }
}
