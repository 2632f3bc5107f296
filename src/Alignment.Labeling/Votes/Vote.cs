using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Votes;

/// <summary>One annotator's verdict on one task.</summary>
public sealed record Vote
{
    /// <summary>The highest strength: much better. 1 is slightly better, 2 is better.</summary>
    public const int MostStrength = 3;

    /// <summary>The longest comment, in characters.</summary>
    public const int LongestComment = 10_000;

    /// <summary>The <see cref="Origin"/> of a judge's votes.</summary>
    public const string JudgeOrigin = "judge";

    /// <summary>The longest name of an annotator, in characters.</summary>
    public const int LongestAnnotator = 100;

    /// <summary>Made by whoever sends the vote, so that a vote sent twice is saved once. Never used again, not even after an undo.</summary>
    public required string Id { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>Who voted: a person's name or pseudonym, a judge's name, the other tool's user id.</summary>
    public required string Annotator { get; init; }

    /// <summary>The verdict; candidates are counted in the task's own order, not in the order shown.</summary>
    public required Verdict Choice { get; init; }

    /// <summary>All candidates of a task with more than two, the best first, in the task's own numbering; <see cref="Choice"/> is the first of them. Null where only the best
    /// one was named, for pairs, and where nobody was chosen.</summary>
    public IReadOnlyList<int>? Ranking { get; init; }

    /// <summary>How much better, from 1 to <see cref="MostStrength"/>; null when it was not asked or nothing was chosen.</summary>
    public int? Strength { get; init; }

    /// <summary>What the annotator wrote; null when nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>Seconds from seeing the task to voting; null when nobody measured.</summary>
    public double? Seconds { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The candidates in the order shown, from left to right; null when nobody knows it.</summary>
    public IReadOnlyList<int>? Shown { get; init; }

    /// <summary>Whether it settles a split task. Such a vote is outside the overlap and outside the agreement.</summary>
    public bool Adjudication { get; init; }

    /// <summary>Where it was given: <c>page</c>, <c>judge</c>, or the format it was imported from.</summary>
    public string? Origin { get; init; }

    /// <summary>How a judge's verdicts held when answers changed places; null for people.</summary>
    public OrderCheck? Orders { get; init; }

    /// <summary>Whether a judge gave it. Such a vote takes no person's place: it is outside the overlap, but part of the agreement.</summary>
    public bool IsJudged() => Origin == JudgeOrigin;

    /// <summary>Whether two votes say the same of the same task; the ranking and the order shown are compared by their items.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(Vote? other) => other is not null && Id == other.Id && Task == other.Task && Annotator == other.Annotator && Choice == other.Choice
        && Strength == other.Strength && Comment == other.Comment && Seconds == other.Seconds && At == other.At
        && (Ranking ?? []).SequenceEqual(other.Ranking ?? []) && (Shown ?? []).SequenceEqual(other.Shown ?? []) && Adjudication == other.Adjudication && Origin == other.Origin
        && Orders == other.Orders;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Task, Annotator);

    /// <summary>Every rule that is broken.</summary>
    /// <param name="task">The task that is voted on.</param>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems(LabelTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var candidates = task.Candidates.Count;
        if (string.IsNullOrWhiteSpace(Id) || Id.Length > LabelTask.LongestId || Id.Any(char.IsControl))
        {
            yield return $"the vote's id must be 1 to {LabelTask.LongestId} characters without control characters";
        }

        if (string.IsNullOrWhiteSpace(Annotator) || Annotator.Length > LongestAnnotator || Annotator.Any(char.IsControl))
        {
            yield return $"the annotator must be 1 to {LongestAnnotator} characters without control characters";
        }

        if (!Choice.Fits(candidates))
        {
            yield return $"the choice is {Choice}; the task's candidates are 0 to {candidates - 1}";
        }

        if (Ranking is { } ranking)
        {
            if (candidates < 3)
            {
                yield return "a ranking goes with a task of three candidates or more; of two the choice says it all";
            }
            else if (!ranking.Order().SequenceEqual(Enumerable.Range(0, candidates)))
            {
                yield return $"the ranking is [{string.Join(", ", ranking)}]; it must name each of the {candidates} candidates once, the best first";
            }
            else if (Choice != Verdict.Of(ranking[0]))
            {
                yield return $"the choice is {Choice}, and the ranking begins with {ranking[0]}; they must say the same";
            }
        }

        if (Strength is { } strength && (strength is < 1 or > MostStrength || Choice.Kind != VerdictKind.Choice))
        {
            yield return $"strength is {strength}; it is 1 to {MostStrength} and goes with a choice";
        }

        if (Comment?.Length > LongestComment)
        {
            yield return $"the comment has {Comment.Length} characters; at most {LongestComment}";
        }

        if (Seconds is { } seconds && !(double.IsFinite(seconds) && seconds >= 0))
        {
            yield return $"seconds is {seconds}; it must be 0 or more";
        }

        if (Shown is { } shown && !shown.Order().SequenceEqual(Enumerable.Range(0, candidates)))
        {
            yield return $"shown is [{string.Join(", ", shown)}]; it must name each of the {candidates} candidates once";
        }
    }
}
