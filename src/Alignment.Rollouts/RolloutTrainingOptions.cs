using Alignment.Training.Loops;

namespace Alignment.Rollouts;

/// <summary>The loop's options of the stages that sample, with their defaults. A step is one batch of rollouts with all the updates made from it.</summary>
public record RolloutTrainingOptions : TrainingOptions
{
    /// <summary>A line of metrics for every step, more of a score is better.</summary>
    public RolloutTrainingOptions()
    {
        LogEvery = 1;
        SaveEvery = 10;
        KeepBestMode = BestMode.Max;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => GradientAccumulationSteps == 1
        ? base.Problems()
        : base.Problems().Append(
            $"gradient_accumulation_steps is {GradientAccumulationSteps}; leave it out: an update takes rollout_batch_size / mini_batches responses, batch_size of them at a time");
}
