namespace QuickstartData;

/// <summary>What prompts are for. The splits have no template in common, so no prompt either.</summary>
public enum Split
{
    /// <summary>SFT, preference and RL training.</summary>
    Train,

    /// <summary>Choosing options.</summary>
    Dev,

    /// <summary>The reported numbers.</summary>
    Eval,
}
