namespace Alignment.Labeling.Formats;

/// <summary>What an import does where a file is silent.</summary>
public sealed record VoteImportOptions
{
    /// <summary>Who voted where the file does not say; null reports such votes.</summary>
    public string? Annotator { get; init; }

    /// <summary>Whether tasks that the project lacks are made of the file.</summary>
    public bool NewTasks { get; init; }

    /// <summary>Whether the votes settle split tasks.</summary>
    public bool Adjudication { get; init; }

    /// <summary>The time of votes whose time the file does not say.</summary>
    public required DateTimeOffset Now { get; init; }
}
