using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>A vote as a file has it, before it is joined with its task.</summary>
internal sealed record ImportedVote
{
    /// <summary>Where it stands, <c>file:line</c>.</summary>
    public required string Where { get; init; }

    /// <summary>The task's id; null where the file has none and the texts must tell.</summary>
    public string? Task { get; init; }

    /// <summary>The prompt as shown; null where the file has none.</summary>
    public Content? Prompt { get; init; }

    /// <summary>The answers as shown, from left to right; null where the file has none. The choice counts these then, else the task's candidates.</summary>
    public IReadOnlyList<string>? Answers { get; init; }

    /// <summary>Who wrote the answers; null where the file does not say.</summary>
    public IReadOnlyList<string?>? Models { get; init; }

    /// <summary>Who voted; null where the file does not say.</summary>
    public string? Annotator { get; init; }

    /// <summary>The vote's id in the file; null where it has none.</summary>
    public string? Id { get; init; }

    /// <summary>The verdict; null when the task was not answered.</summary>
    public Verdict? Choice { get; init; }

    /// <summary>As in <see cref="Vote.Ranking"/>, counted as the choice is.</summary>
    public IReadOnlyList<int>? Ranking { get; init; }

    /// <summary>As in <see cref="Vote.Strength"/>.</summary>
    public int? Strength { get; init; }

    /// <summary>As in <see cref="Vote.Comment"/>.</summary>
    public string? Comment { get; init; }

    /// <summary>As in <see cref="Vote.Seconds"/>.</summary>
    public double? Seconds { get; init; }

    /// <summary>When it was given; null where the file does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The order shown, where the file gives it instead of texts.</summary>
    public IReadOnlyList<int>? Shown { get; init; }

    /// <summary>As in <see cref="Vote.Adjudication"/>.</summary>
    public bool Adjudication { get; init; }

    /// <summary>Whatever else the file has, for a task that is made of it.</summary>
    public JsonObject? Meta { get; init; }

    /// <summary>What of it is lost although the vote is taken; null when nothing is.</summary>
    public ImportProblem? Lost { get; init; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public ImportProblem? Problem { get; init; }
}
