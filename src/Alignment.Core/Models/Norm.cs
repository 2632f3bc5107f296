using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>RMSNorm or LayerNorm over the last dimension, always in the parameters' own type.</summary>
internal sealed class Norm : nn.Module<Tensor, Tensor>
{
    private readonly NormKind _kind;
    private readonly double _epsilon;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public Norm(NormKind kind, double epsilon, IParameterSource source, string name, long width)
        : base(nameof(Norm))
    {
        _kind = kind;
        _epsilon = epsilon;
        weight = Parameters.Make(source, name + ".weight", [width], ParameterInit.Ones);
        bias = kind == NormKind.Layer ? Parameters.Make(source, name + ".bias", [width], ParameterInit.Zeros) : null;
        RegisterComponents();
    }

    /// <param name="input">[..., D].</param>
    public override Tensor forward(Tensor input)
    {
        if (_kind == NormKind.Layer)
        {
            return nn.functional.layer_norm(input, [weight.size(0)], weight, bias, _epsilon);
        }

        using var scope = NewDisposeScope();
        var inverse = input.square().mean([-1], keepdim: true).add_(_epsilon).rsqrt_(); // [..., 1]
        return (input * inverse).mul(weight).MoveToOuterDisposeScope();
    }
}
