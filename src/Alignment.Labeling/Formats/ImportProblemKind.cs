namespace Alignment.Labeling.Formats;

/// <summary>Why a vote of a file was not taken over.</summary>
public enum ImportProblemKind
{
    /// <summary>The project has no such task.</summary>
    UnknownTask,

    /// <summary>The prompt or an answer is not what the task says.</summary>
    ChangedText,

    /// <summary>The annotation was handed in without a choice of a side.</summary>
    MissingSide,

    /// <summary>The annotator has another vote on the task.</summary>
    Duplicate,

    /// <summary>The same vote was imported before and says something else now.</summary>
    ChangedVote,

    /// <summary>The annotation is a draft.</summary>
    Draft,

    /// <summary>The ranking is not whole, has ties, or contradicts the choice; the vote was taken without it.</summary>
    LostRanking,

    /// <summary>The vote or the task breaks a rule.</summary>
    Invalid,
}
