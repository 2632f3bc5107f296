using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>One task with who decided it, who passed and who holds it.</summary>
internal sealed class TaskState(LabelTask task)
{
    private readonly Dictionary<string, DateTimeOffset> _held = [];
    private readonly HashSet<string> _decided = [];
    private readonly HashSet<string> _skipped = [];
    private readonly HashSet<string> _judged = [];

    public LabelTask Task { get; } = task;

    /// <summary>People who decided it.</summary>
    public int Decided => _decided.Count;

    /// <summary>Whether it is wanted no longer by anybody new.</summary>
    public bool IsFull => Task.Overlap > 0 && _decided.Count >= Task.Overlap;

    /// <summary>Whether as many decided it as wanted; of a task for every annotator, whether anybody did.</summary>
    public bool IsDone => _decided.Count >= Math.Max(Task.Overlap, 1);

    public void Vote(Vote vote)
    {
        _held.Remove(vote.Annotator);
        (vote.Choice.Kind == VerdictKind.Skip ? _skipped : vote.IsJudged() ? _judged : _decided).Add(vote.Annotator);
    }

    public void TakeBack(string annotator)
    {
        _decided.Remove(annotator);
        _skipped.Remove(annotator);
        _judged.Remove(annotator);
    }

    public void Hold(string annotator, DateTimeOffset until) => _held[annotator] = until;

    public DateTimeOffset? HeldUntil(string annotator, DateTimeOffset now) =>
        _held.TryGetValue(annotator, out var until) && until > now ? until : null;

    /// <summary>Whether the annotator may be given it: has said nothing of it, and those who decided or hold it leave room.</summary>
    public bool IsOpenTo(string annotator, DateTimeOffset now)
    {
        if (_decided.Contains(annotator) || _skipped.Contains(annotator) || _judged.Contains(annotator))
        {
            return false;
        }

        return Task.Overlap == 0
            || _decided.Count + _held.Count(pair => pair.Value > now && pair.Key != annotator && !_decided.Contains(pair.Key)) < Task.Overlap;
    }
}
