using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>Whether a vote may be saved; the same rules for every store.</summary>
internal static class VoteRules
{
    /// <summary>Judges a vote.</summary>
    /// <param name="vote">The vote.</param>
    /// <param name="task">Its task; null when there is none.</param>
    /// <param name="known">The saved vote of the same id, undone or not; null when there is none.</param>
    /// <param name="stands">Whether the annotator has another standing vote of the kind on the task.</param>
    public static VoteReceipt Judge(Vote vote, LabelTask? task, Vote? known, bool stands)
    {
        if (task is null)
        {
            return new(VoteStatus.Unknown, $"there is no task '{vote.Task}'");
        }

        if (vote.Problems(task).FirstOrDefault() is { } problem)
        {
            return new(VoteStatus.Invalid, problem);
        }

        return known is not null
            ? known == vote
                ? new(VoteStatus.Repeated)
                : new(VoteStatus.IdTaken, $"the vote id '{vote.Id}' belongs to another vote: {known.Annotator} on task '{known.Task}', choice {known.Choice}")
            : stands
                ? new(VoteStatus.AlreadyVoted, $"{vote.Annotator} has a vote on task '{vote.Task}'; undo it first")
                : new(VoteStatus.Saved);
    }
}
