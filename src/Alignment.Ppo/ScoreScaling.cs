namespace Alignment.Ppo;

/// <summary>What is done to scores by the moments of all scores so far.</summary>
public enum ScoreScaling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are divided by the running deviation.</summary>
    Scale,

    /// <summary>The running mean is taken off first.</summary>
    Normalize,
}
