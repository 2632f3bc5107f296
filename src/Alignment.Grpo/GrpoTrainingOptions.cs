using Alignment.Rollouts;

namespace Alignment.Grpo;

/// <summary>The loop's options with this stage's defaults.</summary>
public sealed record GrpoTrainingOptions : RolloutTrainingOptions
{
    /// <summary>TRL's learning rate for GRPO, 1e-6.</summary>
    public GrpoTrainingOptions() => LearningRate = 1e-6;
}
