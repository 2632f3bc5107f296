using Npgsql;

namespace Alignment.Labeling.Store;

/// <summary>Where a labelling project lies in a PostgreSQL server: <c>postgres://user:password@host:port/database?project=NAME</c>. A password that is not given is taken from
/// <c>PGPASSWORD</c> or the password file, as PostgreSQL's own programs do. Nothing here prints it.</summary>
internal sealed class PostgresLocation
{
    private const string DefaultProject = "labels";
    private const int LongestProject = 100;

    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    private PostgresLocation(NpgsqlConnectionStringBuilder connection, string project) => (Connection, Project) = (connection, project);

    /// <summary>How to connect.</summary>
    public NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>The project's name in the database.</summary>
    public string Project { get; }

    /// <summary>Whether a location is one in a database.</summary>
    public static bool Fits(string location) => Schemes.Any(scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a location.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PostgresLocation Parse(string location)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out var uri))
        {
            throw Bad("it is no address; characters such as @ / # in a password are written as %40 %2F %23");
        }

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? Uri.UnescapeDataString(uri.Host) : "localhost",
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            ApplicationName = "alignment",
            MaxPoolSize = 40,
            Timeout = 10,
            CommandTimeout = 60,
        };
        if (uri.Port > 0)
        {
            connection.Port = uri.Port;
        }

        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
        {
            connection.Username = Uri.UnescapeDataString(user);
            connection.Password = password is [var secret] ? Uri.UnescapeDataString(secret) : null;
        }

        if (string.IsNullOrEmpty(connection.Database))
        {
            throw Bad("it names no database");
        }

        var project = DefaultProject;
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            var value = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
            switch (pair[0])
            {
                case "project":
                    project = value;
                    break;
                case "host":
                    connection.Host = value;
                    break;
                case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode):
                    connection.SslMode = mode;
                    break;
                case "sslmode":
                    throw Bad($"sslmode is '{value}'; use disable, allow, prefer, require, verify-ca or verify-full");
                default:
                    throw Bad($"'{pair[0]}' is not known; after the question mark stand project, host (a socket's folder) and sslmode");
            }
        }

        return string.IsNullOrWhiteSpace(project) || project.Length > LongestProject || project.Any(char.IsControl)
            ? throw Bad($"the project's name must be 1 to {LongestProject} characters without control characters")
            : new(connection, project);
    }

    /// <summary>The location for people, without the password.</summary>
    public override string ToString() => $"postgres://{Connection.Host}:{Connection.Port}/{Connection.Database}?project={Project}";

    private static InvalidDataException Bad(string problem) =>
        new($"the store's address cannot be used: {problem}; it is written as postgres://user@host:port/database?project=NAME, with the password in PGPASSWORD");
}
