using TorchSharp.Modules;

namespace Alignment.Core.Models;

/// <summary>Makes parameters that outlive the dispose scope they are made in.</summary>
internal static class Parameters
{
    /// <summary>Takes the tensor from the source and wraps it.</summary>
    public static Parameter Make(IParameterSource source, string name, long[] shape, ParameterInit init)
    {
        var parameter = new Parameter(source.Take(name, shape, init));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
