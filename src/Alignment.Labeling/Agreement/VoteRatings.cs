using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Agreement;

/// <summary>Votes as the ratings that coefficients are of. Skips are missing ratings.</summary>
public static class VoteRatings
{
    /// <summary>Categories without an order: each candidate by its number in the task, then tie, then both bad.</summary>
    /// <param name="tasks">Tasks with votes.</param>
    public static RatedUnits Nominal(IReadOnlyList<VotedTask> tasks)
    {
        var candidates = Candidates(tasks);
        return new(candidates + 2, [.. tasks.Select(task => (IReadOnlyList<Rating>)[.. task.Decided
            .Select(vote => new Rating(vote.Annotator, Category(vote.Choice, candidates)))])]);
    }

    /// <summary>Categories in their order, for the tasks with two candidates: from "the first is much better" over a tie, or both bad, to "the second is much
    /// better". A choice without strength counts as slightly better.</summary>
    /// <param name="tasks">Tasks with votes; those with more candidates are left out.</param>
    public static RatedUnits Ordinal(IReadOnlyList<VotedTask> tasks) => new((2 * Vote.MostStrength) + 1,
        [.. tasks.Where(task => task.Task.Candidates.Count == 2).Select(task => (IReadOnlyList<Rating>)[.. task.Decided
            .Select(vote => new Rating(vote.Annotator, Vote.MostStrength + Preference(vote)))])]);

    /// <summary>The most candidates of a task.</summary>
    /// <param name="tasks">The tasks.</param>
    internal static int Candidates(IReadOnlyList<VotedTask> tasks) => tasks.Count == 0 ? 0 : tasks.Max(task => task.Task.Candidates.Count);

    /// <summary>A verdict's category; not for skips.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="candidates">The most candidates of a task.</param>
    internal static int Category(Verdict verdict, int candidates) => verdict.Kind switch
    {
        VerdictKind.Choice => verdict.Choice,
        VerdictKind.Tie => candidates,
        VerdictKind.BothBad => candidates + 1,
        _ => throw new ArgumentException("a skip is no category", nameof(verdict)),
    };

    private static int Preference(Vote vote) => vote.Choice.Kind == VerdictKind.Choice ? (vote.Strength ?? 1) * (vote.Choice.Choice == 0 ? -1 : 1) : 0;
}
