namespace Alignment.Labeling.Judging;

/// <summary>How several answers to one question become one verdict.</summary>
public enum SampleRule
{
    /// <summary>The verdict that more samples gave than any other; a tie where none did.</summary>
    Majority,

    /// <summary>The mean of the strengths with their sides' signs, ties and both bad 0, rounded; 0 is a tie, or both bad where most samples say so.</summary>
    Mean,
}
