using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>RMSNorm or LayerNorm over the last dimension, always in the parameters' own type.</summary>
internal sealed class Norm : nn.Module<Tensor, Tensor>
{
    private readonly NormKind _kind;
    private readonly double _epsilon;
    private readonly long _width;
    private readonly Parameter? weight;
    private readonly Parameter? bias;

    public Norm(ModelConfig config, IParameterSource source, string name, long width)
        : base(nameof(Norm))
    {
        _kind = config.Norm;
        _epsilon = config.NormEpsilon;
        _width = width;
        if (!config.NormWeights)
        {
            return;
        }

        weight = Parameters.Make(source, name + ".weight", [width], _kind == NormKind.RmsOffset ? ParameterInit.Zeros : ParameterInit.Ones);
        bias = _kind == NormKind.Layer ? Parameters.Make(source, name + ".bias", [width], ParameterInit.Zeros) : null;
        RegisterComponents();
    }

    /// <summary>The formula.</summary>
    public NormKind Kind => _kind;

    /// <summary>ε.</summary>
    public double Epsilon => _epsilon;

    /// <summary>D.</summary>
    public long Width => _width;

    /// <summary>[D]; null where it only normalises.</summary>
    public Parameter? Weight => weight;

    /// <summary>[D]; null where there is none.</summary>
    public Parameter? Bias => bias;

    /// <param name="input">[..., D].</param>
    /// <returns>[..., D] in the parameters' type.</returns>
    public override Tensor forward(Tensor input) => Forward(input, ScalarType.Float32);

    /// <summary>The same for what reads another type next: where the kernel runs it writes that type, else the result is in the parameters' type.</summary>
    /// <param name="input">[..., D].</param>
    /// <param name="type">Float32 or the compute type.</param>
    public Tensor Forward(Tensor input, ScalarType type)
    {
        using var phase = StepPhases.Enter(StepPhases.Norms);
        using var scope = NewDisposeScope();
        var x = weight is null || input.dtype == weight.dtype ? input : input.to(weight.dtype);
        if (_kind == NormKind.Layer)
        {
            return (LayerNormFunction.Fits(x, weight, bias)
                ? LayerNormFunction.Run(x, weight!, bias!, _epsilon, type)
                : nn.functional.layer_norm(x, [_width], weight, bias, _epsilon)).MoveToOuterDisposeScope();
        }

        if (weight is not null && RmsNormFunction.Fits(x, weight))
        {
            return RmsNormFunction.Run(x, weight, _kind == NormKind.Rms ? 0 : 1, _epsilon, type).MoveToOuterDisposeScope();
        }

        var inverse = x.square().mean([-1], keepdim: true).add_(_epsilon).rsqrt_(); // [..., 1]
        return (x * inverse).mul(_kind == NormKind.Rms ? weight! : weight! + 1).MoveToOuterDisposeScope();
    }
}
