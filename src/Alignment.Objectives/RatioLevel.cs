namespace Alignment.Objectives;

/// <summary>What has a ratio of its own in a group-relative loss.</summary>
public enum RatioLevel
{
    /// <summary>Each token.</summary>
    Token,

    /// <summary>Each response: the geometric mean over its tokens (GSPO).</summary>
    Sequence,

    /// <summary>Each response, but a token's gradient is that of its own log-probability (GSPO-token), so that advantages may differ from token to token.</summary>
    SequenceToken,
}
