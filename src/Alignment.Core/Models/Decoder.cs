using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Token ids to hidden states: embedding, layers, final norm. Every family is this class under other names.</summary>
internal sealed class Decoder : nn.Module
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly VectorTable _tokens;
    private readonly VectorTable? _places;
    private readonly DecoderLayer[] _layers;
    private readonly Norm _norm;
    private readonly RotaryTable? _rotary;

    public Decoder(ModelConfig config, ComputeMode mode, IParameterSource source, Device device)
        : base(nameof(Decoder))
    {
        var names = config.Family.Names;
        _config = config;
        _mode = mode;
        _tokens = Table(names.TokenEmbedding, config.VocabularySize);
        if (config.Positions == PositionKind.Learned)
        {
            _places = Table(names.PositionEmbedding!, config.MaxPositions);
        }
        else
        {
            _rotary = new RotaryTable(config, device);
        }

        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(config, mode, source, $"{names.Backbone}.{names.Layers}.{i}", i))];
        register_module(names.Layers, new ModuleList<DecoderLayer>(_layers));
        _norm = new Norm(config.Norm, config.NormEpsilon, source, $"{names.Backbone}.{names.FinalNorm}", config.Width);
        register_module(names.FinalNorm, _norm);

        VectorTable Table(string name, long count)
        {
            var table = new VectorTable(source, $"{names.Backbone}.{name}", count, config.Width);
            register_module(name, table);
            return table;
        }
    }

    /// <summary>[V, D].</summary>
    public Parameter TokenWeight => _tokens.Weight;

    /// <summary>Type of attention scores.</summary>
    private ScalarType ScoreType => _mode.Type == ScalarType.Float32 ? TokenWeight.dtype : _mode.Type;

    /// <summary>Hidden states after the final norm, [B, T, D].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool, true = real token; null when all are real or padding is on the right.</param>
    /// <param name="positions">[B, T] Int64; null = counted from the mask.</param>
    public Tensor Forward(Tensor ids, Tensor? attentionMask, Tensor? positions)
    {
        using var scope = NewDisposeScope();
        var time = ids.size(1);
        CheckLength(positions is null ? time : positions.max().ToInt64() + 1);
        if (positions is null && attentionMask is not null)
        {
            // A token's position is the number of real tokens before it; padding on the left gets some valid position.
            positions = attentionMask.to(ScalarType.Int64).cumsum(1).sub_(1).clamp_(min: (Scalar)0);
        }

        var mask = attentionMask is null
            ? AttentionMask.Causal(_config, 0, time, ScoreType, ids.device)
            : AttentionMask.Padded(_config, attentionMask, ScoreType);
        return Run(ids, positions, 0, mask, null).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states of tokens that follow those in the cache, [B, T, D]; the cache then holds them too.</summary>
    /// <param name="ids">[B, T] Int64; rows with fewer new tokens are padded on the right.</param>
    /// <param name="cache">B rows.</param>
    /// <param name="counts">New tokens of each row; all T when null.</param>
    public Tensor Extend(Tensor ids, KvCache cache, IReadOnlyList<int>? counts)
    {
        using var scope = NewDisposeScope();
        var (rows, time) = (ids.size(0), ids.size(1));
        cache.Begin(rows, time, counts);
        var (shortest, longest) = (cache.Lengths.Min(), cache.Lengths.Max());
        CheckLength(longest + time);
        Tensor? positions = null;
        Tensor? mask;
        if (shortest == longest)
        {
            mask = AttentionMask.Causal(_config, shortest, time, ScoreType, ids.device);
        }
        else
        {
            var starts = tensor(cache.Lengths.Select(length => (long)length).ToArray(), device: ids.device);
            positions = starts.unsqueeze(1) + arange(time, dtype: ScalarType.Int64, device: ids.device); // [B, T]
            mask = AttentionMask.Ragged(_config, positions, longest + time, ScoreType);
        }

        var hidden = Run(ids, positions, shortest, mask, cache);
        cache.End(counts);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _rotary?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The layers; positions are start, start + 1, … in every row where none are given.</summary>
    private Tensor Run(Tensor ids, Tensor? positions, long start, Tensor? mask, KvCache? cache)
    {
        var hidden = _tokens.forward(ids); // [B, T, D]
        Tensor? cos = null;
        Tensor? sin = null;
        if (_rotary is not null)
        {
            (cos, sin) = positions is null
                ? _rotary.Range(start, ids.size(1), ScoreType)
                : _rotary.At(positions, ScoreType);
        }
        else
        {
            hidden = hidden + _places!.forward(positions ?? arange(start, start + ids.size(1), dtype: ScalarType.Int64, device: ids.device));
        }

        hidden = _mode.Dropout(hidden, _config.EmbeddingDropout, training);
        var inputs = new AttentionInputs { Mask = mask, Cos = cos, Sin = sin, Cache = cache };
        foreach (var layer in _layers)
        {
            hidden = layer.forward(hidden, inputs);
        }

        return _norm.forward(hidden);
    }

    private void CheckLength(long length)
    {
        if (_places is not null && length > _config.MaxPositions)
        {
            throw new ArgumentException($"A sequence of {length} tokens is longer than the {_config.MaxPositions} positions that this {_config.ModelType} model has.", nameof(length));
        }

        _rotary?.Grow(length);
    }
}
