using System.Data;
using Npgsql;
using Polly;
using Polly.Retry;

namespace Alignment.Labeling.Store;

/// <summary>Runs transactions. What a lost connection, a restarted server, a deadlock or a race for the same key interrupted is done again: every change of the store is one
/// that may be done twice, because votes bring their own ids.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private const int Retries = 12; // about fifteen seconds: a server that crashed is back by then

    private readonly PostgresLocation _location;
    private readonly NpgsqlDataSource _source;
    private readonly ResiliencePipeline _retry;

    private PostgresSession(PostgresLocation location, NpgsqlDataSource source)
    {
        _location = location;
        _source = source;
        _retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(IsPassing),
            MaxRetryAttempts = Retries,
            Delay = TimeSpan.FromMilliseconds(20),
            MaxDelay = TimeSpan.FromSeconds(2),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        }).Build();
    }

    /// <summary>Connects, and makes sure that a committed vote is on the server's disk.</summary>
    /// <exception cref="IOException">The server cannot be reached, or would lose votes.</exception>
    public static async Task<PostgresSession> OpenAsync(PostgresLocation location)
    {
        var settings = new NpgsqlConnectionStringBuilder(location.Connection.ConnectionString) { Options = "-c synchronous_commit=on" };
        var session = new PostgresSession(location, NpgsqlDataSource.Create(settings));
        try
        {
            var fsync = await session.RunAsync(async connection =>
            {
                await using var command = new NpgsqlCommand("SHOW fsync", connection);
                return (string)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
            }).ConfigureAwait(false);
            return fsync == "on" ? session : throw new IOException($"the server of {location} runs with fsync = {fsync}, so that votes would not survive a crash; set fsync = on in postgresql.conf");
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs without a transaction of its own.</summary>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work) => GuardAsync(async () =>
    {
        await using var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    });

    /// <summary>Runs in one transaction and commits it.</summary>
    public Task<T> CommitAsync<T>(Func<NpgsqlConnection, Task<T>> work, IsolationLevel level = IsolationLevel.ReadCommitted) => RunAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(level).ConfigureAwait(false);
        var result = await work(connection).ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        return result;
    });

    /// <summary>A command with its parameters.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <summary>The rows of a command.</summary>
    public static async Task<List<T>> RowsAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row)
    {
        List<T> rows = [];
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // 23505: two servers saved the same id at once; the second look finds it.
    private static bool IsPassing(NpgsqlException e) => e.IsTransient || (e as PostgresException)?.SqlState == PostgresErrorCodes.UniqueViolation;

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await _retry.ExecuteAsync(async _ => await work().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"{_location} cannot be used: {e.Message.TrimEnd('.')}", e);
        }
    }
}
