namespace Alignment.Labeling.Chat;

/// <summary>How a server is asked.</summary>
public sealed record HttpChatOptions
{
    /// <summary>Where requests go (<see cref="ChatAddress"/>).</summary>
    public required Uri Address { get; init; }

    /// <summary>The model's name, as the server knows it.</summary>
    public required string Model { get; init; }

    /// <summary>The key; null sends none.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>How long one try may take, until the last byte of the answer.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long all tries of a request may take, the waiting between them included.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Tries after the first one.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>The longest answer of the server, in bytes.</summary>
    public int MaxResponseBytes { get; init; } = 4 << 20;

    /// <summary>Connections at a time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Whether the server is asked to hold the model to a schema.</summary>
    public SchemaSupport Schema { get; init; }

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return "model is empty; name the model as the server knows it";
        }

        if (AttemptTimeout < TimeSpan.FromMilliseconds(100) || AttemptTimeout > TimeSpan.FromHours(12))
        {
            yield return FormattableString.Invariant($"timeout is {AttemptTimeout.TotalSeconds} seconds; it must be from 0.1 to 43200");
        }

        if (TotalTimeout < AttemptTimeout || TotalTimeout > TimeSpan.FromHours(24))
        {
            yield return FormattableString.Invariant($"total_timeout is {TotalTimeout.TotalSeconds} seconds; it must be at least the timeout of one try and at most 86400");
        }

        if (Retries is < 0 or > 100)
        {
            yield return $"retries is {Retries}; it must be from 0 to 100";
        }

        if (Key is not null && Address.Scheme == Uri.UriSchemeHttp && !Address.IsLoopback)
        {
            yield return $"endpoint would send {Key} unencrypted to {Address.Host}; use https, or a tunnel to this machine, or send no key with --api-key-env \"\"";
        }
    }
}
