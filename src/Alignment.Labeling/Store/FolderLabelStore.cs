using System.Text;
using Alignment.Core.Checkpoints;
using Alignment.Data;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Store;

/// <summary>
/// The embedded store: a folder with <c>project.json</c>, <c>tasks.jsonl</c> and <c>votes.jsonl</c>, a journal that is only appended to and flushed to the disk
/// before anything is acknowledged. One process writes; others may read at the same time. See docs/decisions/0005-the-embedded-label-store.md.
/// </summary>
public sealed class FolderLabelStore : ILabelStore
{
    /// <summary>What holds for the whole project.</summary>
    public const string ProjectFile = "project.json";

    /// <summary>One task a line.</summary>
    public const string TasksFile = "tasks.jsonl";

    /// <summary>The journal of votes.</summary>
    public const string VotesFile = "votes.jsonl";

    private readonly Lock _gate = new();
    private readonly LabelState _state = new();
    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly FileStream? _lock;
    private readonly Journal? _journal;

    private FolderLabelStore(string folder, TimeProvider clock, bool readOnly)
    {
        _folder = folder;
        _clock = clock;
        Project = ReadProject(folder);
        _lock = readOnly ? null : TakeLock(folder);
        try
        {
            foreach (var task in ReadTasks(Path.Combine(folder, TasksFile)))
            {
                _state.Add(task);
            }

            var votes = Path.Combine(folder, VotesFile);
            var length = File.Exists(votes) ? JournalReader.Read<StoreEvent>(votes, _state.Apply) : 0;
            if (!readOnly)
            {
                if (!File.Exists(votes))
                {
                    AtomicFile.WriteText(votes, "");
                }

                _journal = new Journal(votes, length, "votes");
            }
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public LabelProject Project { get; }

    /// <summary>Whether a folder holds a project.</summary>
    /// <param name="folder">The folder.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, ProjectFile));

    /// <summary>Makes a project without tasks and opens it.</summary>
    /// <param name="folder">The folder, made where it is missing.</param>
    /// <param name="project">What holds for the whole project.</param>
    /// <param name="clock">The time; the system's when null.</param>
    /// <exception cref="IOException">There is a project already, or the folder cannot be written.</exception>
    /// <exception cref="InvalidDataException">The project breaks a rule.</exception>
    public static FolderLabelStore Create(string folder, LabelProject project, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (Exists(folder))
        {
            throw new IOException($"there is a labelling project in '{folder}' already; open it, or choose another folder");
        }

        if (project.Problems().FirstOrDefault() is { } problem)
        {
            throw new InvalidDataException($"the project cannot be made: {problem}");
        }

        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, ProjectFile), System.Text.Json.JsonSerializer.Serialize(project, LabelJson.Indented) + "\n");
        return Open(folder, clock: clock);
    }

    /// <summary>Opens a project.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="readOnly">Only read, also while another process writes: tasks and votes as they are now.</param>
    /// <param name="clock">The time; the system's when null.</param>
    /// <exception cref="FileNotFoundException">There is no project.</exception>
    /// <exception cref="IOException">Another process has it open for writing, or it cannot be read.</exception>
    /// <exception cref="DataFormatException">A file is damaged.</exception>
    public static FolderLabelStore Open(string folder, bool readOnly = false, TimeProvider? clock = null) =>
        new(folder, clock ?? TimeProvider.System, readOnly);

    /// <inheritdoc/>
    public Task<int> AddTasksAsync(IReadOnlyCollection<LabelTask> tasks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        Writable();
        lock (_gate)
        {
            var fresh = NewTasks.Of(tasks, _state.Find);
            if (fresh.Count > 0)
            {
                AtomicFile.Write(Path.Combine(_folder, TasksFile), stream =>
                {
                    foreach (var task in _state.Tasks.Concat(fresh))
                    {
                        stream.Write(Encoding.UTF8.GetBytes(LabelJson.Write(task) + "\n"));
                    }
                });
                fresh.ForEach(_state.Add);
            }

            return Task.FromResult(fresh.Count);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LabelTask>> TasksAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<LabelTask>>([.. _state.Tasks]);
        }
    }

    /// <inheritdoc/>
    public Task<LabelTask?> FindTaskAsync(string id, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return Task.FromResult(_state.Find(id));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Assignment>> AssignAsync(string annotator, int count = 1, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(annotator);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var journal = Writable();
        List<(LabelTask Task, DateTimeOffset Until)> given;
        Task settled;
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            (given, var fresh) = _state.Next(annotator, count, now);
            if (fresh.Count > 0)
            {
                var until = now.AddMinutes(Project.AssignmentMinutes);
                Write(journal, new StoreEvent { Assign = new(annotator, [.. fresh.Select(task => task.Id)], until) });
                given.AddRange(fresh.Select(task => (task, until)));
            }

            settled = journal.Settled();
        }

        await settled.WaitAsync(cancellation).ConfigureAwait(false);
        return [.. given.Select(one => new Assignment(one.Task, SideOrder.Of(Project.Seed, one.Task.Id, annotator, one.Task.Candidates.Count), one.Until))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VoteReceipt>> AddVotesAsync(IReadOnlyList<Vote> votes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(votes);
        var journal = Writable();
        List<VoteReceipt> receipts = [];
        Task settled;
        lock (_gate)
        {
            foreach (var vote in votes)
            {
                var receipt = _state.Judge(vote);
                if (receipt.Status == VoteStatus.Saved)
                {
                    Write(journal, new StoreEvent { Vote = vote });
                }

                receipts.Add(receipt);
            }

            settled = journal.Settled(); // a repeated vote may still be on its way to the disk
        }

        await settled.WaitAsync(cancellation).ConfigureAwait(false);
        return receipts;
    }

    /// <inheritdoc/>
    public async Task<VoteReceipt> UndoAsync(string annotator, string voteId, CancellationToken cancellation = default)
    {
        var journal = Writable();
        VoteReceipt receipt;
        Task settled;
        lock (_gate)
        {
            var (vote, undone) = _state.FindVote(annotator, voteId);
            receipt = vote is null ? new(VoteStatus.Unknown, $"{annotator} has no vote '{voteId}'") : new(undone ? VoteStatus.Repeated : VoteStatus.Saved);
            if (receipt.Status == VoteStatus.Saved)
            {
                var now = _clock.GetUtcNow();
                Write(journal, new StoreEvent { Undo = new(voteId, now, now.AddMinutes(Project.AssignmentMinutes)) });
            }

            settled = journal.Settled();
        }

        await settled.WaitAsync(cancellation).ConfigureAwait(false);
        return receipt;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Vote>> VotesAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Vote>>([.. _state.Votes]);
        }
    }

    /// <inheritdoc/>
    public Task<LabelProgress> ProgressAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return Task.FromResult(_state.Progress(_clock.GetUtcNow()));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_journal is not null)
        {
            await _journal.DisposeAsync().ConfigureAwait(false);
        }

        _lock?.Dispose();
    }

    private static LabelProject ReadProject(string folder)
    {
        var path = Path.Combine(folder, ProjectFile);
        return File.Exists(path)
            ? LabelJson.Read<LabelProject>(File.ReadAllBytes(path), path)
            : throw new FileNotFoundException($"there is no labelling project in '{folder}' (no {ProjectFile}); make one with 'alignment label export --project {folder}'", path);
    }

    private static IEnumerable<LabelTask> ReadTasks(string path) => File.Exists(path) ? TaskFile.Read(path) : [];

    private static FileStream TakeLock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"the labelling project '{folder}' is open for writing in another process ('alignment label serve' or 'import'); stop it first, or read only", e);
        }
    }

    private Journal Writable() => _journal ?? throw new IOException($"the labelling project '{_folder}' was opened for reading only");

    private void Write(Journal journal, StoreEvent entry)
    {
        _ = journal.Append(JournalLine.Write(entry));
        _state.Apply(entry);
    }
}
