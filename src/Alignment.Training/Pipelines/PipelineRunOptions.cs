namespace Alignment.Training.Pipelines;

/// <summary>What <c>alignment run</c> was asked for.</summary>
public sealed record PipelineRunOptions
{
    /// <summary>The first stage to look at; earlier ones are taken as they are. Null: all.</summary>
    public string? From { get; init; }

    /// <summary>The only stages to look at. Empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Whether the chosen stages run again even where their output is up to date.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the plan is only printed.</summary>
    public bool DryRun { get; init; }

    /// <summary>The run's folder; null takes the file's.</summary>
    public string? RunFolder { get; init; }

    /// <summary>A seed before every other; null takes the file's.</summary>
    public long? Seed { get; init; }

    /// <summary>Changes of the form <c>STAGE.key=value</c>.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>Whether stages show stack traces.</summary>
    public bool Verbose { get; init; }
}
