using System.ComponentModel;

namespace Alignment.Training.Loops;

/// <summary>The options of stages that go through given rows.</summary>
public record RowTrainingOptions : TrainingOptions
{
    /// <summary>Whether rows of like length share a step.</summary>
    [Description("rows of like length share a step, which saves padding; false: rows as they are shuffled")]
    public bool GroupByLength { get; init; } = true;
}
