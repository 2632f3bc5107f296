using System.ComponentModel;
using Alignment.Training.Loops;

namespace Alignment.Ppo;

/// <summary>The loop's options with this stage's defaults. A step is one batch of rollouts with all the updates made from it.</summary>
public sealed record PpoTrainingOptions : TrainingOptions
{
    /// <summary>TRL's learning rate for PPO, 3e-6; a line of metrics for every step.</summary>
    public PpoTrainingOptions()
    {
        LearningRate = 3e-6;
        LogEvery = 1;
        SaveEvery = 10;
        KeepBestMode = BestMode.Max;
    }

    /// <summary>Peak learning rate of the value model; null takes the policy's.</summary>
    [Description("peak learning rate of the value model; learning_rate when left out")]
    public double? ValueLearningRate { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems())
        {
            yield return problem;
        }

        if (ValueLearningRate is { } rate && !(rate > 0 && rate < 1))
        {
            yield return FormattableString.Invariant($"value_learning_rate is {rate}; it must be above 0 and below 1");
        }

        if (GradientAccumulationSteps != 1)
        {
            yield return $"gradient_accumulation_steps is {GradientAccumulationSteps}; leave it out: an update takes rollout_batch_size / mini_batches responses, batch_size of them at a time";
        }
    }
}
