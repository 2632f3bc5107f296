using Alignment.Training.Loops;

namespace Alignment.OnlineDpo;

/// <summary>The loop's options with this stage's defaults. A step is one batch of responses with one update made from it.</summary>
public sealed record OnlineDpoTrainingOptions : TrainingOptions
{
    /// <summary>TRL's learning rate for online DPO, 5e-7; a line of metrics for every step.</summary>
    public OnlineDpoTrainingOptions()
    {
        LearningRate = 5e-7;
        LogEvery = 1;
        SaveEvery = 10;
        KeepBestMode = BestMode.Max;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems())
        {
            yield return problem;
        }

        if (GradientAccumulationSteps != 1)
        {
            yield return $"gradient_accumulation_steps is {GradientAccumulationSteps}; leave it out: an update takes the pairs of rollout_batch_size responses, batch_size of them at a time";
        }
    }
}
