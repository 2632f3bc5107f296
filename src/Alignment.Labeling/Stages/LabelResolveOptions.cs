using System.ComponentModel;
using Alignment.Labeling.Resolution;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>Options of a stage of kind <c>label-resolve</c>.</summary>
public sealed record LabelResolveOptions : IValidatedOptions
{
    private static readonly ResolutionOptions Defaults = new();

    /// <summary>The project.</summary>
    [InputPath]
    [Description("labelling project with votes, such as stage:import/project")]
    public required string Project { get; init; }

    /// <summary>How several votes become one verdict.</summary>
    [Description("how several votes become one verdict: by majority, weighted by accuracy on gold tasks, or by Dawid and Skene's error rates")]
    public ResolutionMethod Method { get; init; } = Defaults.Method;

    /// <summary>What a row's label says.</summary>
    [Description("what a row's label says: hard (1, or 0.5 for a tie) or soft (the share of the votes)")]
    public LabelKind Labels { get; init; } = Defaults.Labels;

    /// <summary>The fewest votes of a task.</summary>
    [Description("fewest votes of a task")]
    public int MinVotes { get; init; } = Defaults.MinVotes;

    /// <summary>The share that a verdict must have.</summary>
    [Description("share that a verdict must have; below it the task is split")]
    public double MinShare { get; init; } = Defaults.MinShare;

    /// <summary>Whether ties become rows.</summary>
    [Description("whether ties become rows with label 0.5")]
    public bool Ties { get; init; } = Defaults.Ties;

    /// <summary>Whether gold tasks become rows.</summary>
    [Description("whether gold tasks become rows too")]
    public bool IncludeGold { get; init; } = Defaults.Gold;

    /// <summary>Annotators whose votes do not count.</summary>
    [Description("annotators whose votes do not count")]
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => ToResolution().Problems();

    /// <summary>The same for the resolver.</summary>
    internal ResolutionOptions ToResolution() => new()
    {
        Method = Method,
        Labels = Labels,
        MinVotes = MinVotes,
        MinShare = MinShare,
        Ties = Ties,
        Gold = IncludeGold,
    };
}
