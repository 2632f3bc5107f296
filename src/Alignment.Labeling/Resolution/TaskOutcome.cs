namespace Alignment.Labeling.Resolution;

/// <summary>What the votes on a task come to.</summary>
public enum TaskOutcome
{
    /// <summary>One candidate is the best.</summary>
    Decided,

    /// <summary>Nobody is better.</summary>
    Tie,

    /// <summary>Nobody is any good.</summary>
    BothBad,

    /// <summary>The votes do not agree enough: somebody has to settle it.</summary>
    Split,

    /// <summary>There are fewer votes than wanted.</summary>
    Open,
}
