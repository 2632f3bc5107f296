using System.ComponentModel;
using Alignment.Labeling.Agreement;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>Options of a stage of kind <c>label-report</c>.</summary>
public sealed record LabelReportOptions : IValidatedOptions
{
    /// <summary>The project.</summary>
    [InputPath]
    [Description("labelling project with votes, such as stage:import/project")]
    public required string Project { get; init; }

    /// <summary>Resamples behind each interval.</summary>
    [Description("resamples behind each 95 % interval")]
    public int Bootstrap { get; init; } = new Resampling(0).Count;

    /// <summary>Annotators whose votes do not count.</summary>
    [Description("annotators whose votes do not count")]
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Bootstrap is < 1 or > 100_000)
        {
            yield return $"bootstrap is {Bootstrap}; it must be from 1 to 100000";
        }
    }
}
