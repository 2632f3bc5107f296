using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tasks;

/// <summary>A prompt with K ≥ 2 candidates, of which annotators name the best one. Candidates are counted from 0 in the order in which they stand
/// here; the order in which they are shown is another matter (<see cref="SideOrder"/>).</summary>
public sealed record LabelTask
{
    /// <summary>The most candidates.</summary>
    public const int MostCandidates = 16;

    /// <summary>The longest id, in characters.</summary>
    public const int LongestId = 200;

    /// <summary>What votes and exported files refer to; unique in its project, the same when the same task is made again.</summary>
    public required string Id { get; init; }

    /// <summary>What the candidates answer: text or messages.</summary>
    public required Content Prompt { get; init; }

    /// <summary>The answers, at least two, no two alike.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>The known right verdict of a gold task; null for the others. Annotators are never shown it.</summary>
    public Verdict? Gold { get; init; }

    /// <summary>How many annotators are to decide it; 0 is every annotator (gold tasks).</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>Whatever else is known: where the prompt came from, why the task was chosen. Kept and written back, never read.</summary>
    public JsonObject? Meta { get; init; }

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Id) || Id.Length > LongestId || Id.Any(char.IsControl))
        {
            yield return $"the id must be 1 to {LongestId} characters without control characters";
        }

        if (Candidates.Count is < 2 or > MostCandidates)
        {
            yield return $"there are {Candidates.Count} candidates; there must be 2 to {MostCandidates}";
        }

        if (Candidates.Select(candidate => candidate.Text).Distinct(StringComparer.Ordinal).Count() < Candidates.Count)
        {
            yield return "two candidates have the same text, so that no vote between them can mean anything";
        }

        if (Gold is { } gold && (gold.Kind == VerdictKind.Skip || !gold.Fits(Candidates.Count)))
        {
            yield return $"the gold answer is '{gold}'; it must be a candidate from 0 to {Candidates.Count - 1}, tie or both_bad";
        }

        if (Overlap < 0)
        {
            yield return $"overlap is {Overlap}; it must be at least 1, or 0 for every annotator";
        }
    }

    /// <summary>Whether another task asks the same: prompt and candidates' texts.</summary>
    /// <param name="other">The other one.</param>
    public bool AsksTheSame(LabelTask other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Prompt == other.Prompt && Candidates.Select(c => c.Text).SequenceEqual(other.Candidates.Select(c => c.Text), StringComparer.Ordinal);
    }
}
