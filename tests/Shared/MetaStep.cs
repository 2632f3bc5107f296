using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Schedules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Tests;

/// <summary>An optimizer step on the meta device up to the place where a GPU is waited for. Compiled into the test projects of the stages.</summary>
internal sealed class MetaStep : IDisposable
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly AdamW _optimizer;

    /// <summary>Of a model there.</summary>
    public MetaStep(nn.Module model)
    {
        _parameters = OptimizerFactory.Trained(model.parameters());
        _optimizer = OptimizerFactory.AdamW(_parameters, 0.1, 0.9, 0.999, 1e-8);
        Gradient = new GradientStep(_optimizer, _parameters, 1e-3, new LearningRateSchedule(LearningRateShape.Constant, 10), 1, Metrics.Reads);
    }

    /// <summary>What would be logged.</summary>
    public MetricMeans Metrics { get; } = new();

    /// <summary>The step.</summary>
    public GradientStep Gradient { get; }

    /// <summary>Two micro-batches and the update, of which nothing may be read.</summary>
    /// <param name="loss">Σ of a micro-batch's losses.</param>
    public void Run(Func<MetricMeans, Tensor> loss) => Run(() => Gradient.Backward(loss(Metrics), totalWeight: 3, step: 1, ["row"], NotYet));

    /// <summary>The same where the micro-batch's gradients are added by the stage.</summary>
    /// <param name="microBatch">Adds them.</param>
    public void Run(Action microBatch)
    {
        MetaDevice.Run(() =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var scope = NewDisposeScope();
                microBatch();
            }

            _optimizer.step();
        });
        Check(_parameters, Gradient.Reads);
    }

    /// <summary>Checks that gradients are there, on the device, and that something waits to be read.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="reads">Where it waits.</param>
    public static void Check(IEnumerable<Parameter> parameters, PendingReads reads)
    {
        parameters.Count(parameter => parameter.grad is not { device_type: DeviceType.META }).ShouldBe(0);
        Should.Throw<Exception>(reads.Read);
    }

    /// <summary>Takes a number that cannot be there.</summary>
    public static void NotYet(double value) => throw new InvalidOperationException("A number was read.");

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();
}
