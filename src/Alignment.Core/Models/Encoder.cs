using Alignment.Core.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Token ids to hidden states that see the whole text, and from the first of them to one vector: BERT with its pooler.</summary>
internal sealed class Encoder : nn.Module
{
    /// <summary>What the keys of the pooler begin with.</summary>
    public const string PoolerPrefix = "bert.pooler.";

    private const float Unseen = -1e30f;

    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly VectorTable _tokens;
    private readonly VectorTable _places;
    private readonly VectorTable _segments;
    private readonly Norm _norm;
    private readonly EncoderLayer[] _layers;
    private readonly Projection _pooler;

    public Encoder(ModelConfig config, ComputeMode mode, IParameterSource source)
        : base(nameof(Encoder))
    {
        const string Path = "bert";
        _config = config;
        _mode = mode;
        _tokens = new VectorTable(source, $"{Path}.embeddings.word_embeddings", config.VocabularySize, config.Width, config.PadId);
        _places = new VectorTable(source, $"{Path}.embeddings.position_embeddings", config.MaxPositions, config.Width);
        _segments = new VectorTable(source, $"{Path}.embeddings.token_type_embeddings", config.Segments, config.Width);
        _norm = new Norm(config, source, $"{Path}.embeddings.LayerNorm", config.Width);
        register_module("embeddings", new ModuleGroup(
            ("word_embeddings", _tokens), ("position_embeddings", _places), ("token_type_embeddings", _segments), ("LayerNorm", _norm)));
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new EncoderLayer(config, mode, source, $"{Path}.encoder.layer.{i}"))];
        register_module("encoder", new ModuleGroup(("layer", new ModuleList<EncoderLayer>(_layers))));
        _pooler = new Projection(mode, source, $"{PoolerPrefix}dense", config.Width, config.Width, hasBias: true, storedTransposed: false);
        register_module("pooler", new ModuleGroup(("dense", _pooler)));
    }

    /// <summary>tanh(W · h₀ + b) of each sequence, h₀ the hidden state of its first place, [B, D].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool, true = real token; null when all are real.</param>
    /// <param name="positions">[B, T] Int64; null = 0, 1, …, padding counted.</param>
    /// <param name="segments">[B, T] Int64; null = 0.</param>
    /// <exception cref="ArgumentException">Longer than the positions reach.</exception>
    public Tensor Forward(Tensor ids, Tensor? attentionMask, Tensor? positions, Tensor? segments)
    {
        using var scope = NewDisposeScope();
        var time = ids.size(1);
        if (positions is null && time > _config.MaxPositions)
        {
            throw new ArgumentException($"A sequence of {time} tokens is longer than the {_config.MaxPositions} positions that this {_config.ModelType} model has.", nameof(ids));
        }

        (attentionMask, positions, segments) = (attentionMask?.SentTo(ids.device), positions?.SentTo(ids.device), segments?.SentTo(ids.device));
        var places = _places.forward(positions ?? arange(time, dtype: ScalarType.Int64, device: ids.device)); // [B, T, D] or [T, D]
        var hidden = _tokens.forward(ids) + _segments.forward(segments ?? zeros_like(ids)) + places; // [B, T, D]
        hidden = _mode.Dropout(_norm.forward(hidden), _config.EmbeddingDropout, training);
        var inputs = new AttentionInputs { Mask = attentionMask is null ? null : Mask(attentionMask, _mode.Type == ScalarType.Float32 ? hidden.dtype : _mode.Type) };
        foreach (var layer in _layers)
        {
            hidden = _mode.Checkpointing && is_grad_enabled() ? LayerCheckpoint.Run(layer, hidden, inputs, _mode) : layer.forward(hidden, inputs);
        }

        return _pooler.forward(hidden.select(1, 0)).to(hidden.dtype).tanh().MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by BERT's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>0 at real tokens, far below any score at padding, [B·H, 1, T], or [B, 1, 1, T] for the one operator.</summary>
    private Tensor Mask(Tensor real, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (rows, time) = (real.size(0), real.size(1));
        var mask = zeros(rows, 1, 1, time, dtype: type, device: real.device).masked_fill_(real.logical_not().view(rows, 1, 1, time), Unseen);
        return (_mode.ScaledDotProduct ? mask : mask.expand(rows, _config.Heads, 1, time).reshape(rows * _config.Heads, 1, time)).MoveToOuterDisposeScope();
    }
}
