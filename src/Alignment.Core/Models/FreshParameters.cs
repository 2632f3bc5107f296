using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Draws a new model's parameters from one seeded generator in the order of construction: the same seed gives the same model.</summary>
internal sealed class FreshParameters(ModelConfig config, long seed, Device device, double? headDeviation = null, ScalarType type = ScalarType.Float32) : IParameterSource, IDisposable
{
    private readonly Generator _generator = new((ulong)seed, CPU);

    public Tensor Take(string name, long[] shape, ParameterInit init)
    {
        // Drawn on the CPU, so that a seed means the same model on every device.
        var tensor = empty(shape, dtype: ScalarType.Float32, device: CPU);
        switch (init)
        {
            case ParameterInit.Ones:
                tensor.fill_(1);
                break;
            case ParameterInit.Zeros:
                tensor.zero_();
                break;
            default:
                tensor.normal_(0, 1, _generator).mul_(Deviation(init));
                break;
        }

        return device.type == DeviceType.CPU ? tensor : tensor.to(device);
    }

    public ScalarType TypeOf(string name) =>
        name == config.Family.Names.Head + ".weight" || name.StartsWith($"{config.Family.Names.Backbone}.{config.Family.Names.Layers}.", StringComparison.Ordinal) ? type : ScalarType.Float32;

    private double Deviation(ParameterInit init) => init switch
    {
        ParameterInit.Residual => config.InitializerRange / Math.Sqrt(2.0 * config.Layers),
        ParameterInit.Head => headDeviation ?? 1 / Math.Sqrt(config.Width + 1.0),
        _ => config.InitializerRange,
    };

    public void Dispose() => _generator.Dispose();
}
