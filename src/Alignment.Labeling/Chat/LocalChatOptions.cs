namespace Alignment.Labeling.Chat;

/// <summary>How a model in this process is asked.</summary>
public sealed record LocalChatOptions
{
    /// <summary>The model's name in reports.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens that end an answer.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Whether prompts begin with BOS where the template does not write it.</summary>
    public bool Bos { get; init; }

    /// <summary>Answers sampled side by side.</summary>
    public int BatchSize { get; init; } = 8;
}
