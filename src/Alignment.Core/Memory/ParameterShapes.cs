using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Memory;

/// <summary>A model's parameters by name and shape, without the numbers: the model is built over empty tensors.</summary>
internal sealed class ParameterShapes : IParameterSource
{
    private readonly List<(string Name, long[] Shape)> _shapes = [];

    private ParameterShapes()
    {
    }

    /// <summary>In the order of construction.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="scalarHead">Whether it has a scalar head in place of the output layer.</param>
    public static IReadOnlyList<(string Name, long[] Shape)> Of(ModelConfig config, bool scalarHead)
    {
        using var scope = NewDisposeScope();
        var shapes = new ParameterShapes();
        using nn.Module model = config.IsEncoder ? new SequenceClassifier(config, LabelSet.Of(config), shapes, CPU)
            : scalarHead ? new ScalarHeadModel(config, shapes, CPU) : new CausalLm(config, shapes, CPU);
        return shapes._shapes;
    }

    public Tensor Take(string name, long[] shape, ParameterInit init)
    {
        _shapes.Add((name, shape));
        return empty([.. shape.Select(_ => 0L)], dtype: ScalarType.Float32);
    }
}
