using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Makes parameters that outlive the dispose scope they are made in.</summary>
internal static class Parameters
{
    /// <summary>Takes the tensor from the source and wraps it.</summary>
    /// <param name="source">Gives it.</param>
    /// <param name="name">Its key.</param>
    /// <param name="shape">What the config demands.</param>
    /// <param name="init">How to fill it when there is nothing to read.</param>
    /// <param name="type">What it is held in.</param>
    public static Parameter Make(IParameterSource source, string name, long[] shape, ParameterInit init, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var tensor = source.Take(name, shape, init);
        var parameter = new Parameter(type == ScalarType.Float32 ? tensor : tensor.to(type));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
