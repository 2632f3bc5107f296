namespace Alignment.Labeling.Judging;

/// <summary>Why a judge stopped.</summary>
public enum JudgeStop
{
    /// <summary>Nothing is left.</summary>
    Done,

    /// <summary>The budget has no room for another request.</summary>
    Budget,

    /// <summary>The server refuses: key, address, model or an option is wrong.</summary>
    Refused,

    /// <summary>The server does not answer.</summary>
    Unavailable,

    /// <summary>It was told to.</summary>
    Cancelled,
}
