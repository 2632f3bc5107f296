using System.ComponentModel;
using Alignment.Rollouts;

namespace Alignment.Ppo;

/// <summary>The loop's options with this stage's defaults.</summary>
public sealed record PpoTrainingOptions : RolloutTrainingOptions
{
    /// <summary>TRL's learning rate for PPO, 3e-6.</summary>
    public PpoTrainingOptions() => LearningRate = 3e-6;

    /// <summary>Peak learning rate of the value model; null takes the policy's.</summary>
    [Description("peak learning rate of the value model; learning_rate when left out")]
    public double? ValueLearningRate { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => ValueLearningRate is { } rate && !(rate > 0 && rate < 1)
        ? base.Problems().Append(FormattableString.Invariant($"value_learning_rate is {rate}; it must be above 0 and below 1"))
        : base.Problems();
}
