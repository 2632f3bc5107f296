using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Alignment.Labeling.Tests.Store;

/// <summary>A PostgreSQL server of the tests' own: data in a temporary folder, a free port on loopback, fsync as in production; gone afterwards. PostgreSQL refuses to run as
/// root, so root starts it as the user <c>postgres</c>.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string Password = "a p@ss/word";

    private readonly string _programs;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "labelling-postgres-" + Path.GetRandomFileName());
    private readonly int _port;
    private Process? _process;

    /// <summary>Makes a database cluster and starts it.</summary>
    public PostgresServer()
    {
        _programs = Programs() ?? throw new InvalidOperationException(
            "the tests of the PostgreSQL store need a PostgreSQL server's programs (initdb, postgres), and found none; install them: apt-get install postgresql");
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        Directory.CreateDirectory(_folder);
        File.WriteAllText(Inside("password"), Password);
        if (IsRoot)
        {
            Run("chown", ["-R", "postgres", _folder]);
        }

        var (program, arguments) = AsUser(Path.Combine(_programs, "initdb"), ["--pgdata", Inside("data"), "--username", "alignment", "--auth", "scram-sha-256", "--pwfile", Inside("password"), "--encoding", "UTF8", "--locale", "C"]);
        Run(program, arguments);
        Start();
    }

    private static bool IsRoot => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows();

    /// <summary>The address of a project.</summary>
    public string Location(string project, string database = "postgres") => $"postgres://alignment:{Uri.EscapeDataString(Password)}@127.0.0.1:{_port}/{database}?project={project}";

    /// <summary>Runs SQL.</summary>
    public void Execute(string sql, string database = "postgres")
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _port, Database = database, Username = "alignment", Password = Password, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Kills the server with all its processes, as a crash would.</summary>
    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts the server and waits until it takes connections.</summary>
    public void Start()
    {
        var (program, arguments) = AsUser(Path.Combine(_programs, "postgres"), ["-D", Inside("data"), "-c", $"port={_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "logging_collector=off"]);
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder })!;
        var log = new Queue<string>();
        _process.ErrorDataReceived += (_, line) => log.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                Execute("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited)
            {
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"the tests' PostgreSQL server does not start:\n{string.Join('\n', log)}", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Debian keeps a server's programs out of the path.
    private static string? Programs() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")))
        .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin")) : [])
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private static (string Program, string[] Arguments) AsUser(string program, string[] arguments) =>
        IsRoot ? ("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", program, .. arguments]) : (program, arguments);

    private static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{error.Result}");
        }
    }

    private string Inside(string name) => Path.Combine(_folder, name);
}
