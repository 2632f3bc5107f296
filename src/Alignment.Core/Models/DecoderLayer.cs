using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Attention and feed-forward, each added to what it was given; norms stand where <see cref="NormPlacement"/> says.</summary>
internal sealed class DecoderLayer : nn.Module<Tensor, AttentionInputs, Tensor>
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly Norm? _attentionNorm;
    private readonly Attention _attention;
    private readonly Norm? _attentionOutputNorm;
    private readonly Norm? _feedForwardNorm;
    private readonly FeedForward _feedForward;
    private readonly Norm? _feedForwardOutputNorm;

    public DecoderLayer(ModelConfig config, ComputeMode mode, IParameterSource source, string path, int layer)
        : base(nameof(DecoderLayer))
    {
        var names = config.Family.Names;
        var before = config.NormPlacement is NormPlacement.Before or NormPlacement.Around;
        var after = config.NormPlacement != NormPlacement.Before;
        _config = config;
        _mode = mode;
        _attentionNorm = MakeNorm(before, names.AttentionNorm);
        _attention = new Attention(config, mode, source, $"{path}.{names.Attention}", layer);
        register_module(names.Attention, _attention);
        _attentionOutputNorm = MakeNorm(after, names.AttentionOutputNorm);
        _feedForwardNorm = MakeNorm(before, names.FeedForwardNorm);
        _feedForward = new FeedForward(config, mode, source, names.FeedForward is null ? path : $"{path}.{names.FeedForward}");
        if (names.FeedForward is not null)
        {
            register_module(names.FeedForward, _feedForward);
        }
        else
        {
            foreach (var (name, projection) in _feedForward.named_children())
            {
                register_module(name, projection);
            }
        }

        _feedForwardOutputNorm = MakeNorm(after, names.FeedForwardOutputNorm);

        Norm? MakeNorm(bool exists, string? name)
        {
            if (!exists || name is null)
            {
                return null;
            }

            var norm = new Norm(config, source, $"{path}.{name}", config.Width);
            register_module(name, norm);
            return norm;
        }
    }

    /// <param name="input">[B, T, D].</param>
    /// <param name="inputs">Mask, positions and cache.</param>
    /// <returns>[B, T, D] in the parameters' type.</returns>
    public override Tensor forward(Tensor input, AttentionInputs inputs)
    {
        using var scope = NewDisposeScope();
        var normed = Prepare(_attentionNorm, input);
        if (_config.NormPlacement == NormPlacement.Before && !_config.ParallelBlocks && !(training && _config.ResidualDropout > 0))
        {
            var sum = _attention.AddTo(input, normed, inputs);
            return _feedForward.AddTo(sum, Prepare(_feedForwardNorm, sum)).MoveToOuterDisposeScope();
        }

        var attended = _attention.forward(normed, inputs);
        if (_config.ParallelBlocks)
        {
            // Both blocks see the layer's input, by the same norm where there is one only.
            var fed = _feedForward.forward(_feedForwardNorm is null ? normed : Prepare(_feedForwardNorm, input));
            return (input + Drop(attended) + Drop(fed)).MoveToOuterDisposeScope();
        }

        var middle = Add(input, attended, _attentionOutputNorm);
        return Add(middle, _feedForward.forward(Prepare(_feedForwardNorm, middle)), _feedForwardOutputNorm).MoveToOuterDisposeScope();
    }

    /// <summary>Before attention; null where there is none.</summary>
    public Norm? AttentionNorm => _attentionNorm;

    /// <summary>The attention block.</summary>
    public Attention Attention => _attention;

    /// <summary>After attention; null where there is none.</summary>
    public Norm? AttentionOutputNorm => _attentionOutputNorm;

    /// <summary>Before the feed-forward block; null where there is none.</summary>
    public Norm? FeedForwardNorm => _feedForwardNorm;

    /// <summary>The feed-forward block.</summary>
    public FeedForward FeedForward => _feedForward;

    /// <summary>After the feed-forward block; null where there is none.</summary>
    public Norm? FeedForwardOutputNorm => _feedForwardOutputNorm;

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>What a block reads.</summary>
    private Tensor Prepare(Norm? norm, Tensor x) => norm is null ? x : norm.Forward(x, _mode.Type);

    private static Tensor Apply(Norm? norm, Tensor x) => norm is null ? x : norm.forward(x);

    private Tensor Add(Tensor x, Tensor output, Norm? norm) => _config.NormPlacement == NormPlacement.AfterSum
        ? Apply(norm, x + Drop(output))
        : x + Drop(Apply(norm, output));

    private Tensor Drop(Tensor x) => _mode.Dropout(x, _config.ResidualDropout, training);
}
