using Npgsql;

namespace Alignment.Labeling.Store;

/// <summary>Counts how far a project in a database is, in the database.</summary>
internal static class PostgresProgress
{
    private const string Now = "coalesce(@own, now())";

    private const string Totals = """
        SELECT (SELECT count(*) FROM label_tasks WHERE project = @project),
               (SELECT count(*) FROM label_tasks WHERE project = @project AND decided >= greatest(overlap, 1)),
               count(*) FILTER (WHERE NOT adjudication AND NOT skip), count(*) FILTER (WHERE NOT adjudication AND skip), count(*) FILTER (WHERE adjudication)
        FROM label_votes WHERE project = @project AND undone_at IS NULL
        """;

    // A task is open to somebody who has said nothing of it and for whom those who decided or hold it leave room. Counted for a stranger first; then each one's own holds, which
    // take no room from themselves, and own votes, after which a task is open no more.
    private const string Annotators = $"""
        WITH held AS MATERIALIZED (SELECT task, annotator FROM label_holds WHERE project = @project AND until > {Now}),
             task AS MATERIALIZED (
                SELECT t.id, t.overlap, t.decided + coalesce(h.holds, 0) AS taken
                FROM label_tasks t LEFT JOIN (SELECT task, count(*) AS holds FROM held GROUP BY task) h ON h.task = t.id
                WHERE t.project = @project AND (t.overlap = 0 OR t.decided < t.overlap)),
             standing AS MATERIALIZED (SELECT annotator, task, skip FROM label_votes WHERE project = @project AND undone_at IS NULL AND NOT adjudication),
             known AS (SELECT DISTINCT annotator FROM label_votes WHERE project = @project UNION SELECT annotator FROM label_holds WHERE project = @project),
             votes AS (SELECT annotator, count(*) FILTER (WHERE NOT skip) AS votes, count(*) FILTER (WHERE skip) AS skips FROM standing GROUP BY annotator),
             holds AS (
                SELECT held.annotator, count(*) AS held, count(*) FILTER (WHERE task.overlap > 0 AND task.taken = task.overlap) AS room
                FROM held JOIN task ON task.id = held.task GROUP BY held.annotator),
             said AS (
                SELECT standing.annotator, count(*) AS said FROM standing JOIN task ON task.id = standing.task
                WHERE task.overlap = 0 OR task.taken < task.overlap GROUP BY standing.annotator)
        SELECT known.annotator, coalesce(votes.votes, 0), coalesce(votes.skips, 0), coalesce(holds.held, 0),
               (SELECT count(*) FROM task WHERE overlap = 0 OR taken < overlap) + coalesce(holds.room, 0) - coalesce(said.said, 0)
        FROM known LEFT JOIN votes USING (annotator) LEFT JOIN holds USING (annotator) LEFT JOIN said USING (annotator)
        """;

    /// <summary>Reads the counts.</summary>
    /// <param name="connection">In a transaction with one view of the data.</param>
    /// <param name="project">The project's number.</param>
    /// <param name="own">The time; the database's when null.</param>
    public static async Task<LabelProgress> ReadAsync(NpgsqlConnection connection, long project, object? own)
    {
        var totals = (await RowsAsync(connection, Totals, project, own, reader => Enumerable.Range(0, 5).Select(i => (int)reader.GetInt64(i)).ToArray()).ConfigureAwait(false)).Single();
        var annotators = await RowsAsync(connection, Annotators, project, own, reader => new AnnotatorProgress(
            reader.GetString(0), (int)reader.GetInt64(1), (int)reader.GetInt64(2), (int)reader.GetInt64(3), (int)reader.GetInt64(4))).ConfigureAwait(false);
        return new(totals[0], totals[1], totals[2], totals[3], totals[4], [.. annotators.OrderBy(one => one.Annotator, StringComparer.Ordinal)]);
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlConnection connection, string sql, long project, object? own, Func<NpgsqlDataReader, T> row)
    {
        await using var command = PostgresSession.Command(connection, sql, ("project", project), ("own", own));
        return await PostgresSession.RowsAsync(command, row).ConfigureAwait(false);
    }
}
