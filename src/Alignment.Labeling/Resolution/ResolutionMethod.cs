namespace Alignment.Labeling.Resolution;

/// <summary>How several votes on a task become one verdict.</summary>
public enum ResolutionMethod
{
    /// <summary>Every vote counts the same.</summary>
    Majority,

    /// <summary>A vote counts by how well its annotator answers gold tasks.</summary>
    Weighted,

    /// <summary>A vote counts by its annotator's error rates, which are estimated with the verdicts (<see cref="Resolution.DawidSkene"/>).</summary>
    DawidSkene,
}
