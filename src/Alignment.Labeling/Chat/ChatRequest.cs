using Alignment.Data.Rows;

namespace Alignment.Labeling.Chat;

/// <summary>A conversation to be answered.</summary>
/// <param name="Messages">Oldest first.</param>
public sealed record ChatRequest(IReadOnlyList<Message> Messages)
{
    /// <summary>The most tokens of the answer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Divides the logits; 0 takes the most likely token.</summary>
    public double Temperature { get; init; }

    /// <summary>Keeps the most likely tokens that reach this probability; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Of the sampling; not every server heeds it. Null leaves it to the endpoint.</summary>
    public long? Seed { get; init; }

    /// <summary>What the answer must look like, for endpoints that can hold a model to it; null for any text.</summary>
    public ChatSchema? Schema { get; init; }
}
