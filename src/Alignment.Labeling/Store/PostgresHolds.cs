using Npgsql;

namespace Alignment.Labeling.Store;

/// <summary>Hands out tasks in a transaction of the caller's. Who takes room of a task holds the lock of its row, and room is counted after the lock was got.</summary>
/// <param name="project">The project's number.</param>
/// <param name="minutes">How long a task is held.</param>
/// <param name="now">The time; null takes the database's, the same for all servers.</param>
internal sealed class PostgresHolds(long project, double minutes, object? now)
{
    private const string Now = "coalesce(@own, now())";

    // Of task t: whether those who decided it or hold it leave room for the annotator.
    private const string HasRoom = $"""
        (t.overlap = 0 OR t.decided + (SELECT count(*) FROM label_holds h
            WHERE h.project = t.project AND h.task = t.id AND h.annotator <> @annotator AND h.until > {Now}) < t.overlap)
        """;

    private const string IsOpen = $"""
        (t.overlap = 0 OR t.decided < t.overlap) AND {HasRoom}
        AND NOT EXISTS (SELECT FROM label_votes v WHERE v.project = t.project AND v.task = t.id AND v.annotator = @annotator AND NOT v.adjudication AND v.undone_at IS NULL)
        AND NOT EXISTS (SELECT FROM label_holds h WHERE h.project = t.project AND h.task = t.id AND h.annotator = @annotator AND h.until > {Now})
        """;

    /// <summary>The annotator's next tasks: those held, then the first that are open.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="annotator">Who asks.</param>
    /// <param name="count">Tasks wanted.</param>
    /// <returns>Ids and how long each is held.</returns>
    public async Task<List<(string Task, DateTimeOffset Until)>> TakeAsync(NpgsqlConnection connection, string annotator, int count)
    {
        // An annotator with two windows is given the same tasks in both.
        await using var gate = Command(connection, "SELECT pg_advisory_xact_lock(hashtextextended(@annotator, @project))", annotator);
        await gate.ExecuteNonQueryAsync().ConfigureAwait(false);
        await using var held = Command(connection,
            $"""
            SELECT t.id, h.until FROM label_holds h JOIN label_tasks t ON t.project = h.project AND t.id = h.task
            WHERE h.project = @project AND h.annotator = @annotator AND h.until > {Now} AND (t.overlap = 0 OR t.decided < t.overlap) ORDER BY t.position LIMIT @count
            """,
            annotator, ("count", count));
        var given = await GivenAsync(held).ConfigureAwait(false);

        // Tasks that somebody else is being given at this moment are passed over, unless nothing else is left.
        foreach (var locking in (string[])["SKIP LOCKED", ""])
        {
            while (given.Count < count && await LockAsync(connection, annotator, count - given.Count, locking).ConfigureAwait(false) is { Count: > 0 } locked)
            {
                given.AddRange(await HoldAsync(connection, annotator, locked).ConfigureAwait(false));
            }
        }

        return given;
    }

    /// <summary>Holds a task again for somebody whose vote on it was undone, if there is room.</summary>
    /// <param name="connection">In a transaction that has the task's row locked.</param>
    /// <param name="annotator">Whose vote it was.</param>
    /// <param name="task">The task.</param>
    public async Task GiveBackAsync(NpgsqlConnection connection, string annotator, string task)
    {
        await using var hold = Command(connection, Hold(HasRoom), annotator, ("ids", new[] { task }), ("minutes", minutes));
        await hold.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static string Hold(string condition) => $"""
        INSERT INTO label_holds (project, task, annotator, until)
        SELECT t.project, t.id, @annotator, {Now} + @minutes * interval '1 minute' FROM label_tasks t WHERE t.project = @project AND t.id = ANY(@ids) AND {condition} ORDER BY t.position
        ON CONFLICT (project, task, annotator) DO UPDATE SET until = excluded.until
        RETURNING task, until
        """;

    private static Task<List<(string Task, DateTimeOffset Until)>> GivenAsync(NpgsqlCommand command) =>
        PostgresSession.RowsAsync(command, reader => (reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));

    private async Task<List<string>> LockAsync(NpgsqlConnection connection, string annotator, int count, string locking)
    {
        await using var command = Command(connection,
            $"SELECT t.id FROM label_tasks t WHERE t.project = @project AND {IsOpen} ORDER BY t.position LIMIT @count FOR UPDATE OF t {locking}", annotator, ("count", count));
        return await PostgresSession.RowsAsync(command, reader => reader.GetString(0)).ConfigureAwait(false);
    }

    // A statement of its own sees what was committed before the locks were got.
    private async Task<List<(string Task, DateTimeOffset Until)>> HoldAsync(NpgsqlConnection connection, string annotator, List<string> locked)
    {
        await using var command = Command(connection, Hold(IsOpen), annotator, ("ids", locked.ToArray()), ("minutes", minutes));
        var given = await GivenAsync(command).ConfigureAwait(false);
        return [.. given.OrderBy(one => locked.IndexOf(one.Task))];
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, string annotator, params (string Name, object? Value)[] parameters) =>
        PostgresSession.Command(connection, sql, [("project", project), ("annotator", annotator), ("own", now), .. parameters]);
}
