namespace Alignment.Labeling.Chat;

/// <summary>Why a request has no answer, by what that means for other requests.</summary>
public enum ChatFailure
{
    /// <summary>Every request will be refused: wrong key, address, model or option. Not tried again.</summary>
    Refused,

    /// <summary>This request was refused, others may pass: it is too long, or the server does not want its words. Not tried again.</summary>
    Rejected,

    /// <summary>The server asks for patience (429). Tried again.</summary>
    Busy,

    /// <summary>The server cannot be reached, fails, takes too long, or hangs up. Tried again.</summary>
    Unavailable,

    /// <summary>What came back is not an answer. Tried again once.</summary>
    Unreadable,
}
