namespace Alignment.Labeling.Store;

/// <summary>What became of a vote or an undo.</summary>
public enum VoteStatus
{
    /// <summary>On the disk.</summary>
    Saved,

    /// <summary>The same one was on the disk already; nothing changed.</summary>
    Repeated,

    /// <summary>Refused: the vote's id was used before by another vote.</summary>
    IdTaken,

    /// <summary>Refused: this annotator has a vote on the task; undo it first.</summary>
    AlreadyVoted,

    /// <summary>Refused: there is no such task (or, in an undo, no such vote of this annotator).</summary>
    Unknown,

    /// <summary>Refused: the vote does not fit its task.</summary>
    Invalid,
}
