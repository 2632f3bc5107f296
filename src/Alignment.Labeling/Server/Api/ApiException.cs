namespace Alignment.Labeling.Server.Api;

/// <summary>A request that cannot be answered, with what its sender is told.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>Seconds after which it is worth trying again.</summary>
    public int? RetryAfter { get; init; }
}
