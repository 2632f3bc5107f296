using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Labeling.Stages;

/// <summary>Options of a stage of kind <c>label-import</c>.</summary>
public sealed record LabelImportOptions : IValidatedOptions
{
    /// <summary>The project.</summary>
    [InputPath]
    [Description("labelling project with the tasks, such as stage:export/project")]
    public required string Project { get; init; }

    /// <summary>The votes.</summary>
    [InputPath]
    [Description("files with votes, all in one format, which is told by the first")]
    public required IReadOnlyList<string> Votes { get; init; }

    /// <summary>Who voted.</summary>
    [Description("who voted, where the files do not say")]
    public string? Annotator { get; init; }

    /// <summary>Whether tasks that the project lacks are made of the files.</summary>
    [Description("whether to make tasks of the files that the project lacks")]
    public bool NewTasks { get; init; }

    /// <summary>Whether votes that cannot be taken are only listed.</summary>
    [Description("whether votes that cannot be taken are only listed in import.json; else the stage fails")]
    public bool AllowProblems { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Votes.Count == 0)
        {
            yield return "votes is empty; name at least one file";
        }
    }
}
