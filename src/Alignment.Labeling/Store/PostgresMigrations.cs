using Npgsql;

namespace Alignment.Labeling.Store;

/// <summary>The tables of a database with labelling projects. Each step is applied once, in order, under a lock that other programs of ours wait for. A step that was
/// published is never changed; a change of the tables is one more step.</summary>
internal static class PostgresMigrations
{
    // Any number nobody else uses: "labels" in ASCII.
    private const long Lock = 0x6C6162656C73;

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE label_projects (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            project json NOT NULL);

        -- decided: standing votes that are neither skips, adjudications nor judges'. Whoever changes it, or holds, holds the row's lock.
        CREATE TABLE label_tasks (
            project bigint NOT NULL REFERENCES label_projects,
            position bigint NOT NULL,
            id text NOT NULL,
            task json NOT NULL,
            overlap int NOT NULL,
            decided int NOT NULL DEFAULT 0,
            PRIMARY KEY (project, id),
            UNIQUE (project, position));
        CREATE INDEX label_tasks_open ON label_tasks (project, position) WHERE overlap = 0 OR decided < overlap;

        CREATE TABLE label_votes (
            project bigint NOT NULL,
            number bigint GENERATED ALWAYS AS IDENTITY,
            id text NOT NULL,
            task text NOT NULL,
            annotator text NOT NULL,
            adjudication boolean NOT NULL,
            skip boolean NOT NULL,
            vote json NOT NULL,
            saved_at timestamptz NOT NULL DEFAULT now(),
            undone_at timestamptz,
            PRIMARY KEY (project, id),
            FOREIGN KEY (project, task) REFERENCES label_tasks);
        CREATE UNIQUE INDEX label_votes_standing ON label_votes (project, task, annotator, adjudication) WHERE undone_at IS NULL;
        CREATE INDEX label_votes_annotator ON label_votes (project, annotator);

        CREATE TABLE label_holds (
            project bigint NOT NULL,
            task text NOT NULL,
            annotator text NOT NULL,
            until timestamptz NOT NULL,
            PRIMARY KEY (project, task, annotator),
            FOREIGN KEY (project, task) REFERENCES label_tasks);
        CREATE INDEX label_holds_annotator ON label_holds (project, annotator);
        """,
    ];

    /// <summary>The newest version of the tables that this program knows.</summary>
    public static int Newest => Steps.Length;

    /// <summary>Brings the tables to the newest version.</summary>
    /// <exception cref="InvalidDataException">They are of a newer program.</exception>
    public static async Task ApplyAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({Lock})").ConfigureAwait(false);
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS label_migrations (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())").ConfigureAwait(false);
        for (var version = await VersionAsync(connection).ConfigureAwait(false); version < Newest; version++)
        {
            await ExecuteAsync(connection, Steps[version]).ConfigureAwait(false);
            await ExecuteAsync(connection, $"INSERT INTO label_migrations (version) VALUES ({version + 1})").ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    /// <summary>The version of the tables; 0 when there are none.</summary>
    /// <exception cref="InvalidDataException">They are of a newer program.</exception>
    public static async Task<int> VersionAsync(NpgsqlConnection connection)
    {
        await using var find = new NpgsqlCommand("SELECT to_regclass('label_migrations') IS NOT NULL", connection);
        if (!(bool)(await find.ExecuteScalarAsync().ConfigureAwait(false))!)
        {
            return 0;
        }

        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM label_migrations", connection);
        var version = (int)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
        return version <= Newest ? version : throw new InvalidDataException(
            $"the database's labelling tables have version {version}; this program knows versions up to {Newest}. Take the newer program that made them");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
