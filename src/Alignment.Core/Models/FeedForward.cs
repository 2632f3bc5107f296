using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>down(act(up(x))), or down(act(gate(x)) · up(x)) (Shazeer 2020, arXiv:2002.05202).</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly ActivationKind _activation;
    private readonly ComputeMode _mode;
    private readonly bool _gated;
    private readonly Projection? _gate;
    private readonly Projection _up;
    private readonly Projection _down;

    public FeedForward(ModelConfig config, ComputeMode mode, IParameterSource source, string path)
        : base(nameof(FeedForward))
    {
        var names = config.Family.Names;
        _activation = config.Activation;
        _mode = mode;
        _gated = config.GatedFeedForward;
        var fused = _gated && names.Gate is null;
        if (_gated && !fused)
        {
            _gate = Register(names.Gate!, config.Width, config.InnerWidth, ParameterInit.Normal);
        }

        _up = Register(names.Up, config.Width, fused ? 2L * config.InnerWidth : config.InnerWidth, ParameterInit.Normal);
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
        using var phase = StepPhases.Enter(StepPhases.FeedForward);
        using var scope = NewDisposeScope();
        return _down.forward(Inner(_mode.Convert(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The same, added to something.</summary>
    /// <param name="sum">[..., D].</param>
    /// <param name="input">[..., D].</param>
    /// <returns>[..., D] in the sum's type.</returns>
    public Tensor AddTo(Tensor sum, Tensor input)
    {
        using var phase = StepPhases.Enter(StepPhases.FeedForward);
        using var scope = NewDisposeScope();
        return _down.AddTo(sum, Inner(_mode.Convert(input))).MoveToOuterDisposeScope();
    }

    /// <summary>Null without a gate, and where <see cref="Up"/> gives the gate too.</summary>
    public Projection? Gate => _gate;

    /// <summary>To the inner width.</summary>
    public Projection Up => _up;

    /// <summary>Back from the inner width.</summary>
    public Projection Down => _down;

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>[..., inner].</summary>
    private Tensor Inner(Tensor x)
    {
        if (!_gated)
        {
            return Activations.Apply(_activation, _up.forward(x));
        }

        if (_gate is not null)
        {
            var (gate, up) = (_gate.forward(x), _up.forward(x));
            return _activation == ActivationKind.Silu && GatedSiluFunction.Fits(gate, up) ? GatedSiluFunction.Run(gate, up) : Activations.Apply(_activation, gate) * up;
        }

        var halves = _up.forward(x).chunk(2, -1); // gate, then up
        return Activations.Apply(_activation, halves[0]) * halves[1];
    }
}
