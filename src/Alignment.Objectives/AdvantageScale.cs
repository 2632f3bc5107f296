namespace Alignment.Objectives;

/// <summary>What an advantage is divided by.</summary>
public enum AdvantageScale
{
    /// <summary>The standard deviation of its prompt's rewards.</summary>
    Group,

    /// <summary>The standard deviation of all rewards of the batch.</summary>
    Batch,

    /// <summary>Nothing.</summary>
    None,
}
