using Alignment.Core.Numerics;
using Alignment.Training.Metrics;
using Alignment.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Optimization;

/// <summary>One optimizer step in pieces: clear, add up the gradients of micro-batches, clip, check, update.</summary>
/// <param name="optimizer">From <see cref="OptimizerFactory"/>; owned by the caller.</param>
/// <param name="parameters">What it trains.</param>
/// <param name="learningRate">Peak learning rate.</param>
/// <param name="schedule">Its course.</param>
/// <param name="maxGradNorm">Global norm to clip to; 0 measures only.</param>
/// <param name="reads">Where losses wait until they are read, together with what else does; null for a place of its own.</param>
public sealed class GradientStep(
    AdamW optimizer, IEnumerable<Parameter> parameters, double learningRate, LearningRateSchedule schedule, double maxGradNorm, PendingReads? reads = null)
{
    private readonly IReadOnlyList<Parameter> _parameters = OptimizerFactory.Trained(parameters);

    /// <summary>What a device computes for the host besides gradients; <see cref="Apply"/> reads it.</summary>
    public PendingReads Reads { get; } = reads ?? new();

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, counted from 1.</param>
    public double LearningRate(long step) => learningRate * schedule.Factor(step);

    /// <summary>Drops the gradients. They become null and not zero, so that a parameter that a step does not use is left alone by AdamW's decay.</summary>
    public void Clear()
    {
        foreach (var parameter in _parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>Adds a micro-batch's gradients, scaled so that all micro-batches of the step make one mean.</summary>
    /// <param name="lossSum">Σ of the losses of the micro-batch's targets, a scalar with gradient.</param>
    /// <param name="totalWeight">The number of targets of the whole step, all micro-batches together.</param>
    /// <param name="step">The step, for messages.</param>
    /// <param name="rowIds">The rows of the micro-batch, for messages.</param>
    /// <param name="take">Is given the micro-batch's part of the step's mean loss: at once where it is at hand, else before <see cref="Apply"/> updates anything.</param>
    /// <exception cref="NumericFailureException">The loss is NaN or infinite; where it is not at hand yet, reading it throws this.</exception>
    public void Backward(Tensor lossSum, double totalWeight, long step, IReadOnlyList<string> rowIds, Action<double> take)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalWeight);
        using var scope = NewDisposeScope();
        var loss = lossSum / totalWeight; // []
        Reads.Add(loss, (take, step, rowIds), static (micro, value) => micro.take(NumericGuard.Finite(value, "loss", micro.step, micro.rowIds)));
        using (StepPhases.Enter(StepPhases.Backward))
        {
            loss.backward();
        }
    }

    /// <summary>Clips the gradients, sets the step's learning rate and updates the parameters.</summary>
    /// <param name="step">The step, counted from 1.</param>
    /// <param name="rowIds">All rows of the step, for messages.</param>
    /// <returns>The global gradient norm before clipping.</returns>
    /// <exception cref="NumericFailureException">The norm, or a loss that was not at hand before, is NaN or infinite; nothing was updated.</exception>
    public double Apply(long step, IReadOnlyList<string> rowIds)
    {
        using var phase = StepPhases.Enter(StepPhases.Optimizer);
        using var scope = NewDisposeScope();
        var limit = maxGradNorm > 0 ? maxGradNorm : double.MaxValue;
        var norm = nn.utils.clip_grad_norm_(_parameters, limit); // the one place where a step waits for its device
        Reads.Read();
        NumericGuard.Finite(norm, "gradient norm", step, rowIds);
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = LearningRate(step);
        }

        optimizer.step();
        return norm;
    }
}
