namespace Alignment.Labeling.Server;

/// <summary>How the page is served.</summary>
public sealed record LabelServerOptions
{
    /// <summary>Where it listens.</summary>
    public ListenAddress Address { get; init; } = ListenAddress.Default;

    /// <summary>Who may sign in with which token. Null on this machine only: there a name is enough, and <see cref="AdminToken"/> makes an admin.</summary>
    public AnnotatorTokens? Tokens { get; init; }

    /// <summary>What makes an admin where there is no file of tokens; a fresh one when null.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Origins under which browsers know the server besides its own address, such as <c>https://label.example.org</c> of a proxy.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The certificate in PEM, for HTTPS; null serves HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's key in PEM.</summary>
    public string? Key { get; init; }

    /// <summary>The largest body of a request, in bytes.</summary>
    public int MaxBody { get; init; } = 1 << 20;

    /// <summary>The most connections at once.</summary>
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>Requests a second of one annotator, or of one network address before signing in; more of them wait, and too many are refused.</summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Wrong tokens a minute of one network address; after them it has to wait.</summary>
    public int FailuresPerMinute { get; init; } = 10;

    /// <summary>The longest time of a request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time; the system's when null.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where unexpected errors are written; null nowhere.</summary>
    public TextWriter? Errors { get; init; }

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (!Address.IsLoopback && Tokens is null)
        {
            yield return $"tokens is missing: {Address} can be reached from other machines, so every annotator needs a token; make some with 'alignment label token'";
        }

        foreach (var origin in Origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.GetLeftPart(UriPartial.Authority) != origin)
            {
                yield return $"origin is '{origin}'; it must be like https://label.example.org, without a path";
            }
        }

        if ((Certificate is null) != (Key is null))
        {
            yield return $"{(Certificate is null ? "certificate" : "key")} is missing: a certificate and its key go together";
        }

        if (RequestsPerSecond < 1)
        {
            yield return $"requests_per_second is {RequestsPerSecond}; it must be at least 1";
        }

        if (AdminToken is { Length: < AnnotatorTokens.ShortestToken })
        {
            yield return $"admin_token has {AdminToken.Length} characters; it must have at least {AnnotatorTokens.ShortestToken}";
        }
    }
}
