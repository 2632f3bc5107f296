namespace Alignment.Ppo;

/// <summary>What is done about an update whose mean ratio is above the threshold.</summary>
public enum RatioAction
{
    /// <summary>The run ends with a message.</summary>
    Stop,

    /// <summary>The update is left out: TRL until 0.11.</summary>
    Skip,
}
