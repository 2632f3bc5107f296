namespace Alignment.Labeling.Votes;

/// <summary>What an annotator says of a task.</summary>
public enum VerdictKind
{
    /// <summary>One candidate is the best.</summary>
    Choice,

    /// <summary>The best ones are equally good.</summary>
    Tie,

    /// <summary>None of them is any good; like a tie it prefers nobody.</summary>
    BothBad,

    /// <summary>No opinion. The task goes to somebody else.</summary>
    Skip,
}
