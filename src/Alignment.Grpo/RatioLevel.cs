namespace Alignment.Grpo;

/// <summary>What has a ratio of its own.</summary>
public enum RatioLevel
{
    /// <summary>Each token.</summary>
    Token,

    /// <summary>Each response, as the geometric mean over its tokens: GSPO.</summary>
    Sequence,
}
