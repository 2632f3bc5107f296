using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>How a command or an HTTP endpoint is asked for rewards. Nothing here changes a score.</summary>
public sealed record RewardServiceOptions : IValidatedOptions
{
    /// <summary>Responses of one request.</summary>
    [Description("responses of one request")]
    public int BatchSize { get; init; } = 16;

    /// <summary>Requests at once; a persistent command has one.</summary>
    [Description("requests at once; a persistent command answers one after the other")]
    public int Parallel { get; init; } = 4;

    /// <summary>How long one try may take.</summary>
    [Description("seconds that one try may take, then it is broken off (a command is killed)")]
    public double TimeoutSeconds { get; init; } = 60;

    /// <summary>How often a request is tried again.</summary>
    [Description("how often a request is tried again after a failure that may pass: no connection, 408, 429, 5xx, a timeout, an answer that is none")]
    public int Retries { get; init; } = 6;

    /// <summary>The wait before the first new try.</summary>
    [Description("seconds before the first new try; they double each time, with jitter, up to 60, unless the server says Retry-After")]
    public double RetrySeconds { get; init; } = 1;

    /// <summary>Whether the command stays and reads request after request.</summary>
    [Description("the command stays and reads a line for each request; false starts it anew for each")]
    public bool Persistent { get; init; } = true;

    /// <summary>The environment variable with the endpoint's key.</summary>
    [Description("environment variable with a key that goes into the header Authorization: Bearer; never the key itself")]
    public string? KeyEnv { get; init; }

    /// <summary>Where scores are kept; empty for nowhere.</summary>
    [Description("folder in which scores are kept by content, so that a resumed run gets the same ones and asks nobody twice; empty: nowhere")]
    public string Cache { get; init; } = ".cache/rewards";

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        (bool Broken, FormattableString Text)[] rules =
        [
            (BatchSize < 1, $"batch_size is {BatchSize}; it must be at least 1"),
            (Parallel is < 1 or > 256, $"parallel is {Parallel}; it must be from 1 to 256"),
            (!(TimeoutSeconds is >= 0.01 and <= 86400), $"timeout_seconds is {TimeoutSeconds}; it must be from 0.01 to 86400"),
            (Retries is < 0 or > 1000, $"retries is {Retries}; it must be from 0 to 1000"),
            (!(RetrySeconds is >= 0.001 and <= 60), $"retry_seconds is {RetrySeconds}; it must be from 0.001 to 60"),
            (KeyEnv is not null && (KeyEnv.Length == 0 || !KeyEnv.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')), $"key_env must be the name of an environment variable, not a key"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text));
    }
}
