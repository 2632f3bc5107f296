using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Agreement;

/// <summary>A task with its standing votes.</summary>
/// <param name="Task">The task.</param>
/// <param name="Votes">The votes of annotators, skips included, in the order in which they were saved.</param>
/// <param name="Settled">The last adjudication; null when there is none.</param>
public sealed record VotedTask(LabelTask Task, IReadOnlyList<Vote> Votes, Vote? Settled)
{
    /// <summary>The votes that say something: all but skips.</summary>
    public IEnumerable<Vote> Decided => Votes.Where(vote => vote.Choice.Kind != VerdictKind.Skip);

    /// <summary>The verdict that more votes gave than any other; null when there are no votes or the most frequent ones are equally frequent.</summary>
    /// <param name="without">An annotator whose vote does not count; null counts all.</param>
    public Verdict? Majority(string? without = null)
    {
        var counts = Decided.Where(vote => vote.Annotator != without).CountBy(vote => vote.Choice).OrderByDescending(pair => pair.Value).Take(2).ToList();
        return counts.Count == 0 || (counts.Count == 2 && counts[0].Value == counts[1].Value) ? null : counts[0].Key;
    }

    /// <summary>Joins tasks with votes.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="votes">The votes; each must be on one of the tasks.</param>
    /// <param name="without">Annotators whose votes do not count.</param>
    /// <returns>One for each task, in order.</returns>
    public static IReadOnlyList<VotedTask> Join(IEnumerable<LabelTask> tasks, IEnumerable<Vote> votes, IReadOnlyCollection<string>? without = null)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var byTask = votes.Where(vote => without?.Contains(vote.Annotator) != true).ToLookup(vote => vote.Task, StringComparer.Ordinal);
        return [.. tasks.Select(task => new VotedTask(
            task, [.. byTask[task.Id].Where(vote => !vote.Adjudication)], byTask[task.Id].LastOrDefault(vote => vote.Adjudication)))];
    }
}
