using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using TorchSharp.Modules;

namespace Alignment.Ppo;

/// <summary>One AdamW each for policy and value model; both are made over the same schedule, which moves once per step of rollouts, as in TRL.</summary>
internal sealed class PpoOptimizers : IDisposable
{
    private readonly AdamW _policyOptimizer;
    private readonly AdamW _valueOptimizer;

    /// <summary>Makes them.</summary>
    /// <param name="options">Rates, decay, betas, clipping, schedule.</param>
    /// <param name="models">What is trained.</param>
    /// <param name="totalSteps">Steps of the run.</param>
    public PpoOptimizers(PpoTrainingOptions options, PpoModels models, long totalSteps)
    {
        var schedule = new LearningRateSchedule(
            options.LrSchedule, totalSteps, LearningRateSchedule.Warmup(totalSteps, options.WarmupSteps, options.WarmupRatio), options.LrMinRatio);
        AdamW Make(IEnumerable<Parameter> parameters) =>
            OptimizerFactory.AdamW(parameters, options.WeightDecay, options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon);
        var (policy, value) = (OptimizerFactory.Trained(models.Policy.parameters()), OptimizerFactory.Trained(models.Value.parameters()));
        _policyOptimizer = Make(policy);
        _valueOptimizer = Make(value);
        Policy = new GradientStep(_policyOptimizer, policy, options.LearningRate, schedule, options.MaxGradNorm, Reads);
        Value = new GradientStep(_valueOptimizer, value, options.ValueLearningRate ?? options.LearningRate, schedule, options.MaxGradNorm, Reads);
    }

    /// <summary>Their state, for a checkpoint.</summary>
    public IEnumerable<CheckpointPart> Parts =>
        [CheckpointParts.Optimizer("optimizer.bin", _policyOptimizer), CheckpointParts.Optimizer("value_optimizer.bin", _valueOptimizer)];

    /// <summary>What is to be known of an update besides gradients.</summary>
    public PendingReads Reads { get; } = new();

    /// <summary>The policy's updates.</summary>
    public GradientStep Policy { get; }

    /// <summary>The value model's.</summary>
    public GradientStep Value { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _policyOptimizer.Dispose();
        _valueOptimizer.Dispose();
    }
}
