using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>y = x · Wᵀ + b in the model's compute type, over float32 parameters.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    private readonly ComputeMode _mode;
    private readonly bool _storedTransposed;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <param name="mode">Shared by the whole model.</param>
    /// <param name="source">Gives the parameters.</param>
    /// <param name="name">Key without <c>.weight</c>.</param>
    /// <param name="inputs">Size of x.</param>
    /// <param name="outputs">Size of y.</param>
    /// <param name="hasBias">Whether b exists.</param>
    /// <param name="storedTransposed">The weight is kept [in, out], as GPT-2's files have it.</param>
    /// <param name="init">How a fresh weight is drawn.</param>
    public Projection(ComputeMode mode, IParameterSource source, string name, long inputs, long outputs, bool hasBias, bool storedTransposed, ParameterInit init = ParameterInit.Normal)
        : base(nameof(Projection))
    {
        _mode = mode;
        _storedTransposed = storedTransposed;
        weight = Parameters.Make(source, name + ".weight", storedTransposed ? [inputs, outputs] : [outputs, inputs], init);
        bias = hasBias ? Parameters.Make(source, name + ".bias", [outputs], ParameterInit.Zeros) : null;
        RegisterComponents();
    }

    /// <summary>The parameter as it is stored.</summary>
    public Parameter Weight => weight;

    /// <param name="input">[..., in].</param>
    /// <returns>[..., out] in the compute type.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var matrix = _mode.Weight(weight);
        var offset = bias is null ? null : _mode.Weight(bias);
        return nn.functional.linear(_mode.Convert(input), _storedTransposed ? matrix.t() : matrix, offset).MoveToOuterDisposeScope();
    }
}
