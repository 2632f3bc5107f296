namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a pattern when a piece is cut.</summary>
internal enum SplitBehavior
{
    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>Neighbouring ones are one piece.</summary>
    Contiguous,

    /// <summary>Each belongs to the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each belongs to the piece after it.</summary>
    MergedWithNext,
}
