namespace Alignment.Ppo;

/// <summary>What the value model starts as.</summary>
public enum ValueSource
{
    /// <summary>A copy of the reward model: its head predicts the reward at every position from the start (Stiennon et al. 2020, Ouyang et al. 2022).</summary>
    RewardModel,

    /// <summary>The policy's body with a head of zeros (Ziegler et al. 2019).</summary>
    Policy,
}
