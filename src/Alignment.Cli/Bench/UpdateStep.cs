using Alignment.Training.Optimization;
using Alignment.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Cli.Bench;

/// <summary>An optimizer step as the stages make it: clear, gradients, clip, AdamW.</summary>
internal sealed class UpdateStep : IDisposable
{
    private readonly AdamW _optimizer;
    private readonly GradientStep _gradient;
    private long _step;

    public UpdateStep(nn.Module model, double learningRate)
    {
        var parameters = OptimizerFactory.Trained(model.parameters());
        _optimizer = OptimizerFactory.AdamW(parameters, 0.01, 0.9, 0.999, 1e-8);
        _gradient = new GradientStep(_optimizer, parameters, learningRate, new LearningRateSchedule(LearningRateShape.Constant, 1_000_000), maxGradNorm: 1);
    }

    /// <param name="lossSum">Σ of the losses, with gradient.</param>
    /// <param name="weight">How many there are.</param>
    public void Run(Func<Tensor> lossSum, double weight)
    {
        _step++;
        _gradient.Clear();
        using (var scope = NewDisposeScope())
        {
            _gradient.Backward(lossSum(), weight, _step, [], static _ => { });
        }

        _gradient.Apply(_step, []);
        _gradient.Clear(); // as much room for others
    }

    public void Dispose() => _optimizer.Dispose();
}
