namespace Alignment.Labeling.Tasks;

/// <summary>One answer to a task's prompt.</summary>
/// <param name="Text">What is shown, as the model wrote it: hostile input until a page has made it safe. It may be blank:
/// some models say nothing. Such an answer can be voted on but not trained on.</param>
public sealed record Candidate(string Text)
{
    /// <summary>The model (or person) that wrote it; null where nobody knows. Annotators are never shown it.</summary>
    public string? Model { get; init; }

    /// <summary>How it was sampled; null where nobody knows.</summary>
    public SamplingFacts? Sampling { get; init; }

    /// <summary>The score of the reward model that chose the task; null where there was none.</summary>
    public double? Reward { get; init; }
}
