using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>Options of a stage of kind <c>instructions</c>.</summary>
public sealed record InstructionsStageOptions : IValidatedOptions
{
    /// <summary>The tasks.</summary>
    [InputPath]
    [Description("the tasks: a tasks.yaml (docs/instructions.md); its seed does not count, the stage's does")]
    public required string Tasks { get; init; }

    /// <summary>The files that it reads.</summary>
    [InputPath]
    [Description("the files that tasks reads: paths, patterns, folders; when one of them changes, the stage runs again")]
    public required IReadOnlyList<string> Data { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => Data.Count == 0 ? ["data is empty; name the files that tasks reads"] : [];
}
