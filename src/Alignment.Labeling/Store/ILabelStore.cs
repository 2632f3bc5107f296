using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>
/// Tasks and votes of one project, for many annotators at once. What a call acknowledges is on the disk before it returns and is there
/// once, whatever ends the process afterwards. Votes are only ever added; an undo is one more entry. Members may be called from any thread.
/// A store that cannot write any more throws <see cref="IOException"/> from then on.
/// </summary>
public interface ILabelStore : IAsyncDisposable
{
    /// <summary>What holds for the whole project.</summary>
    LabelProject Project { get; }

    /// <summary>Adds tasks behind those that are there. A task that is there already is passed over, so that adding twice changes nothing.</summary>
    /// <param name="tasks">The tasks, in the order in which they are to be handed out.</param>
    /// <param name="cancellation">Stops the waiting, not the writing.</param>
    /// <returns>How many were new.</returns>
    /// <exception cref="InvalidDataException">A task breaks a rule, or another task has its id; nothing is added.</exception>
    Task<int> AddTasksAsync(IReadOnlyCollection<LabelTask> tasks, CancellationToken cancellation = default);

    /// <summary>Every task, in the order of handing out.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    Task<IReadOnlyList<LabelTask>> TasksAsync(CancellationToken cancellation = default);

    /// <summary>One task.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <returns>The task; null when there is none.</returns>
    Task<LabelTask?> FindTaskAsync(string id, CancellationToken cancellation = default);

    /// <summary>
    /// The next tasks of an annotator. Those held already come first, so that a reloaded page shows the same task; then the first tasks that
    /// the annotator has not voted on and that fewer than <see cref="LabelTask.Overlap"/> others decided or hold. Skips and judges' votes do not count against the
    /// overlap. A held task stays held for <see cref="LabelProject.AssignmentMinutes"/>, also across a restart.
    /// </summary>
    /// <param name="annotator">Who asks.</param>
    /// <param name="count">Tasks wanted, at least 1.</param>
    /// <param name="cancellation">Stops the waiting, not the writing.</param>
    /// <returns>Up to <paramref name="count"/> tasks; none when nothing is left for this annotator.</returns>
    Task<IReadOnlyList<Assignment>> AssignAsync(string annotator, int count = 1, CancellationToken cancellation = default);

    /// <summary>
    /// Saves votes, all of them with one wait for the disk. Each is judged by itself: it is taken when its task exists and it fits it, its id is
    /// new, and the annotator has no standing vote on the task (an adjudication and a vote may stand side by side). A vote needs no
    /// assignment: one that comes late, or from a file, is never thrown away.
    /// </summary>
    /// <param name="votes">The votes, in order.</param>
    /// <param name="cancellation">Stops the waiting, not the writing.</param>
    /// <returns>A receipt for each.</returns>
    Task<IReadOnlyList<VoteReceipt>> AddVotesAsync(IReadOnlyList<Vote> votes, CancellationToken cancellation = default);

    /// <summary>Takes a vote back and holds the task for the annotator again, unless it was an adjudication. Doing it twice changes nothing.</summary>
    /// <param name="annotator">Whose vote it is.</param>
    /// <param name="voteId">The vote.</param>
    /// <param name="cancellation">Stops the waiting, not the writing.</param>
    /// <returns>Saved, repeated or unknown.</returns>
    Task<VoteReceipt> UndoAsync(string annotator, string voteId, CancellationToken cancellation = default);

    /// <summary>The standing votes (undone ones left out), in the order in which they were saved.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    Task<IReadOnlyList<Vote>> VotesAsync(CancellationToken cancellation = default);

    /// <summary>How far the project is.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    Task<LabelProgress> ProgressAsync(CancellationToken cancellation = default);
}
