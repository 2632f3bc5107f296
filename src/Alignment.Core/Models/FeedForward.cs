using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>down(act(up(x))), or down(act(gate(x)) · up(x)) (Shazeer 2020, arXiv:2002.05202).</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly ActivationKind _activation;
    private readonly ComputeMode _mode;
    private readonly Projection? _gate;
    private readonly Projection _up;
    private readonly Projection _down;

    public FeedForward(ModelConfig config, ComputeMode mode, IParameterSource source, string path)
        : base(nameof(FeedForward))
    {
        var names = config.Family.Names;
        _activation = config.Activation;
        _mode = mode;
        if (config.GatedFeedForward)
        {
            _gate = Register(names.Gate!, config.Width, config.InnerWidth, ParameterInit.Normal);
        }

        _up = Register(names.Up, config.Width, config.InnerWidth, ParameterInit.Normal);
        _down = Register(names.Down, config.InnerWidth, config.Width, ParameterInit.Residual);

        Projection Register(string name, long inputs, long outputs, ParameterInit init)
        {
            var projection = new Projection(mode, source, $"{path}.{name}", inputs, outputs, config.FeedForwardBias, names.StoredTransposed, init);
            register_module(name, projection);
            return projection;
        }
    }

    /// <param name="input">[..., D].</param>
    /// <returns>[..., D] in the compute type.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _mode.Convert(input);
        var inner = _gate is null ? Activate(_up.forward(x)) : Activate(_gate.forward(x)) * _up.forward(x); // [..., inner]
        return _down.forward(inner).MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    private Tensor Activate(Tensor x) => _activation switch
    {
        ActivationKind.Silu => nn.functional.silu(x),
        ActivationKind.Gelu => nn.functional.gelu(x),
        ActivationKind.GeluTanh => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        _ => nn.functional.relu(x),
    };
}
