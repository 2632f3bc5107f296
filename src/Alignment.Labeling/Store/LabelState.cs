using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>A project in memory: what its events add up to. Not thread-safe.</summary>
internal sealed class LabelState
{
    private readonly List<TaskState> _tasks = [];
    private readonly Dictionary<string, TaskState> _byId = new(StringComparer.Ordinal);
    private readonly List<Vote> _votes = [];
    private readonly Dictionary<string, Vote> _votesById = new(StringComparer.Ordinal);
    private readonly HashSet<string> _undone = new(StringComparer.Ordinal);
    private readonly HashSet<(string Task, string Annotator, bool Adjudication)> _standing = [];
    private readonly SortedSet<string> _annotators = new(StringComparer.Ordinal);
    private int _firstOpen;

    public IEnumerable<LabelTask> Tasks => _tasks.Select(state => state.Task);

    public IEnumerable<Vote> Votes => _votes.Where(vote => !_undone.Contains(vote.Id));

    public LabelTask? Find(string id) => _byId.GetValueOrDefault(id)?.Task;

    public void Add(LabelTask task)
    {
        var state = new TaskState(task);
        _byId.Add(task.Id, state);
        _tasks.Add(state);
    }

    /// <summary>Whether a vote may be saved.</summary>
    public VoteReceipt Judge(Vote vote) =>
        VoteRules.Judge(vote, Find(vote.Task), _votesById.GetValueOrDefault(vote.Id), _standing.Contains((vote.Task, vote.Annotator, vote.Adjudication)));

    /// <summary>The vote of that id when it is this annotator's, and whether it was undone.</summary>
    public (Vote? Vote, bool Undone) FindVote(string annotator, string id) =>
        _votesById.TryGetValue(id, out var vote) && vote.Annotator == annotator ? (vote, _undone.Contains(id)) : (null, false);

    /// <summary>What the annotator holds or could be given next, without giving it.</summary>
    public (List<(LabelTask Task, DateTimeOffset Until)> Held, List<LabelTask> Fresh) Next(string annotator, int count, DateTimeOffset now)
    {
        while (_firstOpen < _tasks.Count && _tasks[_firstOpen].IsFull)
        {
            _firstOpen++;
        }

        List<(LabelTask, DateTimeOffset)> held = [];
        List<LabelTask> fresh = [];
        for (var i = _firstOpen; i < _tasks.Count && held.Count < count; i++)
        {
            var state = _tasks[i];
            if (state.IsFull)
            {
                continue;
            }

            if (state.HeldUntil(annotator, now) is { } until)
            {
                held.Add((state.Task, until));
            }
            else if (fresh.Count < count && state.IsOpenTo(annotator, now))
            {
                fresh.Add(state.Task);
            }
        }

        return (held, [.. fresh.Take(count - held.Count)]);
    }

    /// <summary>Takes in what happened. The events of a sound journal always fit.</summary>
    public void Apply(StoreEvent entry)
    {
        if (entry.Vote is { } vote)
        {
            _votes.Add(vote);
            _votesById.Add(vote.Id, vote);
            _standing.Add((vote.Task, vote.Annotator, vote.Adjudication));
            _annotators.Add(vote.Annotator);
            if (!vote.Adjudication)
            {
                _byId[vote.Task].Vote(vote);
            }
        }

        if (entry.Undo is { } undo && _undone.Add(undo.Vote))
        {
            var undone = _votesById[undo.Vote];
            _standing.Remove((undone.Task, undone.Annotator, undone.Adjudication));
            if (!undone.Adjudication)
            {
                var state = _byId[undone.Task];
                state.TakeBack(undone.Annotator);
                _firstOpen = 0;
                if (state.IsOpenTo(undone.Annotator, undo.At))
                {
                    state.Hold(undone.Annotator, undo.Until);
                }
            }
        }

        if (entry.Assign is { } assign)
        {
            _annotators.Add(assign.Annotator);
            foreach (var task in assign.Tasks)
            {
                _byId[task].Hold(assign.Annotator, assign.Until);
            }
        }
    }

    public LabelProgress Progress(DateTimeOffset now)
    {
        var standing = Votes.ToList();
        var votes = standing.Where(vote => !vote.Adjudication).ToLookup(vote => vote.Annotator);
        var open = _tasks.Where(state => !state.IsFull).ToList();
        return new LabelProgress(
            _tasks.Count,
            _tasks.Count(state => state.IsDone),
            standing.Count(vote => !vote.Adjudication && vote.Choice.Kind != VerdictKind.Skip),
            standing.Count(vote => !vote.Adjudication && vote.Choice.Kind == VerdictKind.Skip),
            standing.Count(vote => vote.Adjudication),
            [.. _annotators.Select(annotator => new AnnotatorProgress(
                annotator,
                votes[annotator].Count(vote => vote.Choice.Kind != VerdictKind.Skip),
                votes[annotator].Count(vote => vote.Choice.Kind == VerdictKind.Skip),
                open.Count(state => state.HeldUntil(annotator, now) is not null),
                open.Count(state => state.IsOpenTo(annotator, now))))]);
    }
}
