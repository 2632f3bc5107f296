using Alignment.Labeling.Agreement;
using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>How far each annotator agrees with the people among the others.</summary>
/// <param name="tasks">Tasks with votes.</param>
/// <param name="resampling">For the intervals over tasks.</param>
internal sealed class PeopleAgreement(IReadOnlyList<VotedTask> tasks, Resampling resampling)
{
    private readonly HashSet<string> _judges = tasks.SelectMany(task => task.Votes).Where(vote => vote.IsJudged()).Select(vote => vote.Annotator).ToHashSet(StringComparer.Ordinal);
    private readonly int _candidates = VoteRatings.Candidates(tasks);

    /// <summary>Whether an annotator is a judge.</summary>
    public bool IsJudge(string annotator) => _judges.Contains(annotator);

    /// <summary>Cohen's κ between an annotator and the majority of the other people. Tasks without such a majority do not count.</summary>
    /// <returns>κ, null where it is not defined, and the number of tasks.</returns>
    public (Interval? Kappa, int Tasks) Kappa(string annotator)
    {
        List<IReadOnlyList<Rating>> units = [];
        foreach (var task in tasks)
        {
            if (task.Decided.FirstOrDefault(vote => vote.Annotator == annotator) is { } own
                && (task with { Votes = [.. task.Votes.Where(vote => !_judges.Contains(vote.Annotator))] }).Majority(without: annotator) is { } people)
            {
                units.Add([new("annotator", VoteRatings.Category(own.Choice, _candidates)), new("people", VoteRatings.Category(people, _candidates))]);
            }
        }

        return units.Count == 0 ? (null, 0) : (CohenKappa.Pairwise(new RatedUnits(_candidates + 2, units), resampling).Pairs[0].Kappa, units.Count);
    }
}
