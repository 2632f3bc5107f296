using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>x + attention(norm(x)), then x + feed-forward(norm(x)).</summary>
internal sealed class DecoderLayer : nn.Module<Tensor, AttentionInputs, Tensor>
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly Norm _attentionNorm;
    private readonly Attention _attention;
    private readonly Norm _feedForwardNorm;
    private readonly FeedForward _feedForward;

    public DecoderLayer(ModelConfig config, ComputeMode mode, IParameterSource source, string path, int layer)
        : base(nameof(DecoderLayer))
    {
        var names = config.Family.Names;
        _config = config;
        _mode = mode;
        _attentionNorm = new Norm(config.Norm, config.NormEpsilon, source, $"{path}.{names.AttentionNorm}", config.Width);
        register_module(names.AttentionNorm, _attentionNorm);
        _attention = new Attention(config, mode, source, $"{path}.{names.Attention}", layer);
        register_module(names.Attention, _attention);
        _feedForwardNorm = new Norm(config.Norm, config.NormEpsilon, source, $"{path}.{names.FeedForwardNorm}", config.Width);
        register_module(names.FeedForwardNorm, _feedForwardNorm);
        _feedForward = new FeedForward(config, mode, source, $"{path}.{names.FeedForward}");
        register_module(names.FeedForward, _feedForward);
    }

    /// <param name="input">[B, T, D].</param>
    /// <param name="inputs">Mask, positions and cache.</param>
    /// <returns>[B, T, D] in the parameters' type.</returns>
    public override Tensor forward(Tensor input, AttentionInputs inputs)
    {
        using var scope = NewDisposeScope();
        var middle = input + Drop(_attention.forward(_attentionNorm.forward(input), inputs));
        return (middle + Drop(_feedForward.forward(_feedForwardNorm.forward(middle)))).MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    private Tensor Drop(Tensor x) => _mode.Dropout(x, _config.ResidualDropout, training);
}
