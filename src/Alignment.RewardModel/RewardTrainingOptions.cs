using Alignment.Training.Loops;

namespace Alignment.RewardModel;

/// <summary>The loop's options with this stage's defaults; a batch counts pairs.</summary>
public sealed record RewardTrainingOptions : RowTrainingOptions
{
    /// <summary>TRL's default learning rate of its reward trainer, 1e-4.</summary>
    public RewardTrainingOptions() => LearningRate = 1e-4;
}
