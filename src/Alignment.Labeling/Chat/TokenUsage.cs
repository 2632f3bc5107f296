namespace Alignment.Labeling.Chat;

/// <summary>Tokens that requests took.</summary>
/// <param name="Prompt">Tokens that went in.</param>
/// <param name="Completion">Tokens that came out.</param>
/// <param name="Estimated">Whether any of it was estimated from the texts because the server did not say.</param>
public sealed record TokenUsage(long Prompt, long Completion, bool Estimated = false)
{
    /// <summary>Nothing.</summary>
    public static TokenUsage None { get; } = new(0, 0);

    /// <summary>In and out together.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Total => Prompt + Completion;

    /// <summary>Both together.</summary>
    public static TokenUsage operator +(TokenUsage left, TokenUsage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Prompt + right.Prompt, left.Completion + right.Completion, left.Estimated || right.Estimated);
    }

    /// <summary>What is left of the first without the second.</summary>
    public static TokenUsage operator -(TokenUsage left, TokenUsage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Prompt - right.Prompt, left.Completion - right.Completion, left.Estimated);
    }
}
