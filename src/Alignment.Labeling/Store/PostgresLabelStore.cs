using System.Data;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;
using Npgsql;

namespace Alignment.Labeling.Store;

/// <summary>
/// The store for teams: a project in a PostgreSQL database, for any number of servers at once. A call returns after its transaction is committed, with
/// <c>synchronous_commit</c> on. See docs/decisions/0008-the-postgresql-label-store.md.
/// </summary>
/// <remarks>Holds and the count of votes of a task change only under the lock of the task's row, and room is counted after the lock was got, so that the overlap is kept.
/// Rows are locked in the order of the tasks: two transactions never wait for each other.</remarks>
public sealed class PostgresLabelStore : ILabelStore
{
    private readonly PostgresLocation _location;
    private readonly PostgresSession _session;
    private readonly TimeProvider? _clock;
    private readonly long _id;
    private readonly bool _readOnly;

    private PostgresLabelStore(PostgresLocation location, PostgresSession session, long id, LabelProject project, bool readOnly, TimeProvider? clock)
    {
        _location = location;
        _session = session;
        _id = id;
        Project = project;
        _readOnly = readOnly;
        _clock = clock;
    }

    /// <inheritdoc/>
    public LabelProject Project { get; }

    private object? Own => _clock?.GetUtcNow().UtcDateTime;

    private PostgresHolds Holds => new(_id, Project.AssignmentMinutes, Own);

    /// <summary>Opens a project; brings the database's tables to this program's version first, unless it only reads.</summary>
    /// <param name="location"><c>postgres://user:password@host:port/database?project=NAME</c>.</param>
    /// <param name="readOnly">Only read.</param>
    /// <param name="clock">The time; the database's when null.</param>
    /// <exception cref="FileNotFoundException">There is no such project.</exception>
    /// <exception cref="IOException">The database cannot be used.</exception>
    /// <exception cref="InvalidDataException">The address is none, or the tables are of another version.</exception>
    public static async Task<PostgresLabelStore> OpenAsync(string location, bool readOnly = false, TimeProvider? clock = null)
    {
        var place = PostgresLocation.Parse(location);
        return await ConnectAsync(place, async session => await FindAsync(session, place, readOnly).ConfigureAwait(false) is var (id, project)
            ? new PostgresLabelStore(place, session, id, project, readOnly, clock)
            : throw new FileNotFoundException($"there is no labelling project at {place}; make one with 'alignment label export --project …'")).ConfigureAwait(false);
    }

    /// <summary>Whether there is a project.</summary>
    /// <param name="location">As in <see cref="OpenAsync"/>.</param>
    /// <exception cref="IOException">The database cannot be used.</exception>
    /// <exception cref="InvalidDataException">The address is none, or the tables are of a newer version.</exception>
    public static async Task<bool> ExistsAsync(string location)
    {
        var place = PostgresLocation.Parse(location);
        await using var session = await PostgresSession.OpenAsync(place).ConfigureAwait(false);
        return await FindAsync(session, place, readOnly: true).ConfigureAwait(false) is not null;
    }

    /// <summary>Makes a project without tasks and opens it.</summary>
    /// <param name="location">As in <see cref="OpenAsync"/>.</param>
    /// <param name="project">What holds for the whole project.</param>
    /// <param name="clock">The time; the database's when null.</param>
    /// <exception cref="IOException">There is a project already, or the database cannot be used.</exception>
    /// <exception cref="InvalidDataException">The project breaks a rule, the address is none, or the tables are of a newer version.</exception>
    public static async Task<PostgresLabelStore> CreateAsync(string location, LabelProject project, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (project.Problems().FirstOrDefault() is { } problem)
        {
            throw new InvalidDataException($"the project cannot be made: {problem}");
        }

        var place = PostgresLocation.Parse(location);
        return await ConnectAsync(place, async session =>
        {
            await session.RunAsync(MigrateAsync).ConfigureAwait(false);
            var id = await session.CommitAsync(async connection =>
            {
                await using var insert = PostgresSession.Command(connection,
                    "INSERT INTO label_projects (name, project) VALUES (@name, @project::json) ON CONFLICT DO NOTHING RETURNING id",
                    ("name", place.Project), ("project", LabelJson.Write(project)));
                return await insert.ExecuteScalarAsync().ConfigureAwait(false) as long?;
            }).ConfigureAwait(false) ?? throw new IOException($"there is a labelling project at {place} already; open it, or choose another name");
            return new PostgresLabelStore(place, session, id, project, readOnly: false, clock);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<int> AddTasksAsync(IReadOnlyCollection<LabelTask> tasks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return WriteAsync(async connection =>
        {
            // One at a time, so that positions have no gaps and no ties.
            await using var gate = PostgresSession.Command(connection, "SELECT id FROM label_projects WHERE id = @project FOR UPDATE", ("project", _id));
            await gate.ExecuteScalarAsync().ConfigureAwait(false);
            var known = (await FindAsync(connection, tasks.Select(task => task.Id)).ConfigureAwait(false)).ToDictionary(task => task.Id, StringComparer.Ordinal);
            var fresh = NewTasks.Of(tasks, known.GetValueOrDefault);
            await using var insert = PostgresSession.Command(connection,
                """
                INSERT INTO label_tasks (project, position, id, task, overlap)
                SELECT @project, (SELECT coalesce(max(position), 0) FROM label_tasks WHERE project = @project) + row.number, row.id, row.task::json, row.overlap
                FROM unnest(@ids, @tasks, @overlaps) WITH ORDINALITY AS row (id, task, overlap, number)
                """,
                ("project", _id), ("ids", Ids(fresh.Select(task => task.Id))), ("tasks", fresh.Select(LabelJson.Write).ToArray()), ("overlaps", fresh.Select(task => task.Overlap).ToArray()));
            return await insert.ExecuteNonQueryAsync().ConfigureAwait(false);
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LabelTask>> TasksAsync(CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<LabelTask>>(async connection =>
    {
        await using var command = PostgresSession.Command(connection, "SELECT task FROM label_tasks WHERE project = @project ORDER BY position", ("project", _id));
        return await TasksAsync(command).ConfigureAwait(false);
    }, cancellation);

    /// <inheritdoc/>
    public Task<LabelTask?> FindTaskAsync(string id, CancellationToken cancellation = default) =>
        ReadAsync(async connection => (await FindAsync(connection, [id]).ConfigureAwait(false)).SingleOrDefault(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Assignment>> AssignAsync(string annotator, int count = 1, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(annotator);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return WriteAsync<IReadOnlyList<Assignment>>(async connection =>
        {
            var given = await Holds.TakeAsync(connection, annotator, count).ConfigureAwait(false);
            var tasks = (await FindAsync(connection, given.Select(one => one.Task)).ConfigureAwait(false)).ToDictionary(task => task.Id, StringComparer.Ordinal);
            return [.. given.Select(one => new Assignment(tasks[one.Task], SideOrder.Of(Project.Seed, one.Task, annotator, tasks[one.Task].Candidates.Count), one.Until))];
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VoteReceipt>> AddVotesAsync(IReadOnlyList<Vote> votes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(votes);
        return WriteAsync<IReadOnlyList<VoteReceipt>>(async connection =>
        {
            await using var locking = PostgresSession.Command(connection,
                "SELECT task FROM label_tasks WHERE project = @project AND id = ANY(@ids) ORDER BY position FOR UPDATE", ("project", _id), ("ids", Ids(votes.Select(vote => vote.Task))));
            var tasks = (await TasksAsync(locking).ConfigureAwait(false)).ToDictionary(task => task.Id, StringComparer.Ordinal);
            await using var find = PostgresSession.Command(connection,
                "SELECT vote, undone_at IS NULL FROM label_votes WHERE project = @project AND (id = ANY(@ids) OR (task = ANY(@tasks) AND undone_at IS NULL))",
                ("project", _id), ("ids", Ids(votes.Select(vote => vote.Id))), ("tasks", tasks.Keys.ToArray()));
            var saved = await VotesAsync(find).ConfigureAwait(false);
            var known = saved.ToDictionary(one => one.Vote.Id, one => one.Vote, StringComparer.Ordinal);
            var standing = saved.Where(one => one.Stands).Select(one => (one.Vote.Task, one.Vote.Annotator, one.Vote.Adjudication)).ToHashSet();

            List<VoteReceipt> receipts = [];
            List<Vote> fresh = [];
            foreach (var vote in votes)
            {
                var receipt = VoteRules.Judge(vote, tasks.GetValueOrDefault(vote.Task), known.GetValueOrDefault(vote.Id), standing.Contains((vote.Task, vote.Annotator, vote.Adjudication)));
                receipts.Add(receipt);
                if (receipt.Status == VoteStatus.Saved)
                {
                    fresh.Add(vote);
                    known.Add(vote.Id, vote);
                    standing.Add((vote.Task, vote.Annotator, vote.Adjudication));
                }
            }

            if (fresh.Count > 0)
            {
                await SaveAsync(connection, fresh).ConfigureAwait(false);
            }

            return receipts;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<VoteReceipt> UndoAsync(string annotator, string voteId, CancellationToken cancellation = default) => WriteAsync(async connection =>
    {
        // The task's row first, as everywhere; then the vote as it is under that lock.
        await using var locking = PostgresSession.Command(connection,
            "SELECT t.id FROM label_votes v JOIN label_tasks t ON t.project = v.project AND t.id = v.task WHERE v.project = @project AND v.id = ANY(@ids) AND v.annotator = @annotator FOR UPDATE OF t",
            ("project", _id), ("ids", Ids([voteId])), ("annotator", annotator));
        if (await locking.ExecuteScalarAsync().ConfigureAwait(false) is null)
        {
            return new VoteReceipt(VoteStatus.Unknown, $"{annotator} has no vote '{voteId}'");
        }

        await using var undo = PostgresSession.Command(connection,
            "UPDATE label_votes SET undone_at = now() WHERE project = @project AND id = @id AND undone_at IS NULL RETURNING task, adjudication, skip OR coalesce(vote->>'origin' = @judge, false)",
            ("project", _id), ("id", voteId), ("judge", Vote.JudgeOrigin));
        string task;
        bool adjudication, isOutside;
        await using (var reader = await undo.ExecuteReaderAsync().ConfigureAwait(false))
        {
            if (!await reader.ReadAsync().ConfigureAwait(false))
            {
                return new(VoteStatus.Repeated);
            }

            (task, adjudication, isOutside) = (reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2));
        }

        if (!adjudication)
        {
            await using var back = PostgresSession.Command(connection, "UPDATE label_tasks SET decided = decided - @votes WHERE project = @project AND id = @task",
                ("votes", isOutside ? 0 : 1), ("project", _id), ("task", task));
            await back.ExecuteNonQueryAsync().ConfigureAwait(false);
            await Holds.GiveBackAsync(connection, annotator, task).ConfigureAwait(false);
        }

        return new(VoteStatus.Saved);
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Vote>> VotesAsync(CancellationToken cancellation = default) => ReadAsync<IReadOnlyList<Vote>>(async connection =>
    {
        await using var command = PostgresSession.Command(connection, "SELECT vote, true FROM label_votes WHERE project = @project AND undone_at IS NULL ORDER BY number", ("project", _id));
        return [.. (await VotesAsync(command).ConfigureAwait(false)).Select(one => one.Vote)];
    }, cancellation);

    /// <inheritdoc/>
    public Task<LabelProgress> ProgressAsync(CancellationToken cancellation = default) =>
        _session.CommitAsync(connection => PostgresProgress.ReadAsync(connection, _id, Own), IsolationLevel.RepeatableRead).WaitAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static async Task<PostgresLabelStore> ConnectAsync(PostgresLocation place, Func<PostgresSession, Task<PostgresLabelStore>> open)
    {
        var session = await PostgresSession.OpenAsync(place).ConfigureAwait(false);
        try
        {
            return await open(session).ConfigureAwait(false);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> MigrateAsync(NpgsqlConnection connection)
    {
        await PostgresMigrations.ApplyAsync(connection).ConfigureAwait(false);
        return true;
    }

    private static async Task<(long Id, LabelProject Project)?> FindAsync(PostgresSession session, PostgresLocation place, bool readOnly)
    {
        if (!readOnly)
        {
            await session.RunAsync(MigrateAsync).ConfigureAwait(false);
        }

        return await session.RunAsync<(long, LabelProject)?>(async connection =>
        {
            var version = await PostgresMigrations.VersionAsync(connection).ConfigureAwait(false);
            if (version is > 0 && version < PostgresMigrations.Newest)
            {
                throw new InvalidDataException($"the labelling tables of {place} have version {version}, and reading does not change them; open the project for writing once ('alignment label serve' or 'import')");
            }

            if (version == 0)
            {
                return null;
            }

            await using var command = PostgresSession.Command(connection, "SELECT id, project FROM label_projects WHERE name = @name", ("name", place.Project));
            await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            return await reader.ReadAsync().ConfigureAwait(false)
                ? (reader.GetInt64(0), LabelJson.Read<LabelProject>(System.Text.Encoding.UTF8.GetBytes(reader.GetString(1)), place.ToString()))
                : null;
        }).ConfigureAwait(false);
    }

    // PostgreSQL's text cannot hold the character 0; nothing that is stored has it in its id.
    private static string[] Ids(IEnumerable<string> ids) => [.. ids.Where(id => !id.Contains('\0')).Distinct(StringComparer.Ordinal)];

    private async Task<List<LabelTask>> FindAsync(NpgsqlConnection connection, IEnumerable<string> ids)
    {
        await using var command = PostgresSession.Command(connection, "SELECT task FROM label_tasks WHERE project = @project AND id = ANY(@ids)", ("project", _id), ("ids", Ids(ids)));
        return await TasksAsync(command).ConfigureAwait(false);
    }

    private async Task SaveAsync(NpgsqlConnection connection, List<Vote> votes)
    {
        await using var insert = PostgresSession.Command(connection,
            """
            INSERT INTO label_votes (project, id, task, annotator, adjudication, skip, vote)
            SELECT @project, row.id, row.task, row.annotator, row.adjudication, row.skip, row.vote::json
            FROM unnest(@ids, @tasks, @annotators, @adjudications, @skips, @votes) WITH ORDINALITY AS row (id, task, annotator, adjudication, skip, vote, number) ORDER BY row.number
            """,
            ("project", _id), ("ids", votes.Select(vote => vote.Id).ToArray()), ("tasks", votes.Select(vote => vote.Task).ToArray()), ("annotators", votes.Select(vote => vote.Annotator).ToArray()),
            ("adjudications", votes.Select(vote => vote.Adjudication).ToArray()), ("skips", votes.Select(vote => vote.Choice.Kind == VerdictKind.Skip).ToArray()), ("votes", votes.Select(LabelJson.Write).ToArray()));
        await insert.ExecuteNonQueryAsync().ConfigureAwait(false);

        var own = votes.Where(vote => !vote.Adjudication).ToList();
        await using var count = PostgresSession.Command(connection,
            """
            UPDATE label_tasks t SET decided = t.decided + row.votes
            FROM (SELECT task, count(*)::int AS votes FROM unnest(@tasks) AS one (task) GROUP BY task) row WHERE t.project = @project AND t.id = row.task
            """,
            ("project", _id), ("tasks", own.Where(vote => vote.Choice.Kind != VerdictKind.Skip && !vote.IsJudged()).Select(vote => vote.Task).ToArray()));
        await count.ExecuteNonQueryAsync().ConfigureAwait(false);
        await using var free = PostgresSession.Command(connection,
            "DELETE FROM label_holds h USING unnest(@tasks, @annotators) AS row (task, annotator) WHERE h.project = @project AND h.task = row.task AND h.annotator = row.annotator",
            ("project", _id), ("tasks", own.Select(vote => vote.Task).ToArray()), ("annotators", own.Select(vote => vote.Annotator).ToArray()));
        await free.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private Task<List<LabelTask>> TasksAsync(NpgsqlCommand command) => PostgresSession.RowsAsync(command, Read<LabelTask>);

    private Task<List<(Vote Vote, bool Stands)>> VotesAsync(NpgsqlCommand command) => PostgresSession.RowsAsync(command, reader => (Read<Vote>(reader), reader.GetBoolean(1)));

    private T Read<T>(NpgsqlDataReader reader)
        where T : class => LabelJson.Read<T>(System.Text.Encoding.UTF8.GetBytes(reader.GetString(0)), _location.ToString());

    private Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation) => _session.RunAsync(work).WaitAsync(cancellation);

    private Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation) => _readOnly
        ? throw new IOException($"the labelling project {_location} was opened for reading only")
        : _session.CommitAsync(work).WaitAsync(cancellation);
}
