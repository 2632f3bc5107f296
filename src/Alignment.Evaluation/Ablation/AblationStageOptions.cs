using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Evaluation.Ablation;

/// <summary>Options of a stage of kind <c>ablation</c>.</summary>
public sealed record AblationStageOptions : IValidatedOptions
{
    /// <summary>Which models were right.</summary>
    [InputPath]
    [Description("an evaluation's choices.jsonl, such as stage:evaluate/choices.jsonl")]
    public required string Choices { get; init; }

    /// <summary>The rows that were evaluated.</summary>
    [InputPath]
    [Description("the rows that it evaluated, with task and template, such as stage:instructions/data/held_out.jsonl")]
    public required IReadOnlyList<string> HeldOut { get; init; }

    /// <summary>The models.</summary>
    [Description("model of the evaluation: number of task clusters it was trained on; several of one number are runs with other seeds")]
    public required IReadOnlyDictionary<string, int> Models { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (HeldOut.Count == 0)
        {
            yield return "held_out is empty; name at least one file";
        }

        if (Models.Values.Distinct().Count() < 2)
        {
            yield return "models must hold at least two different numbers of clusters to compare";
        }

        foreach (var (name, clusters) in Models.Where(model => model.Value < 0))
        {
            yield return $"models.{name} is {clusters}; it must be at least 0";
        }
    }
}
