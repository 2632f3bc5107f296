namespace Alignment.Labeling.Chat;

/// <summary>A request has no answer. Messages hold what the server said, without control characters and without the key.</summary>
public sealed class ChatException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failure">What it means for other requests.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="retryAfter">How long the server asks to wait; null when it does not say.</param>
    /// <param name="inner">What caused it.</param>
    public ChatException(ChatFailure failure, string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        RetryAfter = retryAfter;
    }

    /// <summary>What it means for other requests.</summary>
    public ChatFailure Failure { get; }

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
