using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Grouped-query attention (Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245). The queries that share a
/// key-value head are laid side by side along time, so that no key or value is repeated.
/// </summary>
internal sealed class Attention : nn.Module<Tensor, AttentionInputs, Tensor>
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly int _layer;
    private readonly int _groups;
    private readonly double _scale;
    private readonly double _scaleBefore;
    private readonly bool _fusedPerHead;
    private readonly Projection[] _queryKeyValue;
    private readonly Projection _output;
    private readonly Norm? _queryNorm;
    private readonly Norm? _keyNorm;

    public Attention(ModelConfig config, ComputeMode mode, IParameterSource source, string path, int layer)
        : base(nameof(Attention))
    {
        var names = config.Family.Names;
        _config = config;
        _mode = mode;
        _layer = layer;
        _fusedPerHead = names.FusedPerHead;
        _groups = config.Heads / config.KeyValueHeads;
        _scale = (config.ScaleScores ? 1 / Math.Sqrt(config.ScoreScalar ?? config.HeadSize) : 1) / (config.ScaleScoresByLayer ? layer + 1 : 1);
        _scaleBefore = Math.Round(_scale * Math.Sqrt(config.HeadSize), 12); // what the operator's own 1 / √hd leaves

        var queries = (long)config.Heads * config.HeadSize;
        var keys = (long)config.KeyValueHeads * config.HeadSize;
        long[] sizes = names.QueryKeyValue.Length == 1 ? [queries + (2 * keys)] : [queries, keys, keys];
        _queryKeyValue = [.. names.QueryKeyValue.Zip(sizes, (name, size) => Register(name, config.Width, size, config.AttentionBias, ParameterInit.Normal))];
        _output = Register(names.AttentionOutput, queries, config.Width, config.AttentionOutputBias ?? config.AttentionBias, ParameterInit.Residual);
        if (config.QueryKeyNorm != QueryKeyNorm.None)
        {
            var perHead = config.QueryKeyNorm == QueryKeyNorm.PerHead;
            _queryNorm = RegisterNorm(names.QueryNorm!, perHead ? config.HeadSize : queries);
            _keyNorm = RegisterNorm(names.KeyNorm!, perHead ? config.HeadSize : keys);
        }

        Projection Register(string name, long inputs, long outputs, bool hasBias, ParameterInit init)
        {
            var projection = new Projection(mode, source, $"{path}.{name}", inputs, outputs, hasBias, names.StoredTransposed, init);
            register_module(name, projection);
            return projection;
        }

        Norm RegisterNorm(string name, long width)
        {
            var norm = new Norm(config, source, $"{path}.{name}", width);
            register_module(name, norm);
            return norm;
        }
    }

    /// <param name="input">[B, T, D], normalised where the layer does that first.</param>
    /// <param name="inputs">Mask, positions and cache.</param>
    /// <returns>[B, T, D] in the compute type.</returns>
    public override Tensor forward(Tensor input, AttentionInputs inputs)
    {
        using var phase = StepPhases.Enter(StepPhases.Attention);
        using var scope = NewDisposeScope();
        return _output.forward(Mix(input, inputs)).MoveToOuterDisposeScope();
    }

    /// <summary>The same, added to something.</summary>
    /// <param name="sum">[B, T, D].</param>
    /// <param name="input">[B, T, D].</param>
    /// <param name="inputs">Mask, positions and cache.</param>
    /// <returns>[B, T, D] in the sum's type.</returns>
    public Tensor AddTo(Tensor sum, Tensor input, AttentionInputs inputs)
    {
        using var phase = StepPhases.Enter(StepPhases.Attention);
        using var scope = NewDisposeScope();
        return _output.AddTo(sum, Mix(input, inputs)).MoveToOuterDisposeScope();
    }

    /// <summary>Query, key and value each, or one for all.</summary>
    public IReadOnlyList<Projection> QueryKeyValue => _queryKeyValue;

    /// <summary>One projection gives query, key and value of head 0, then of head 1, …</summary>
    public bool FusedPerHead => _fusedPerHead;

    /// <summary>Of all heads back to the width.</summary>
    public Projection Output => _output;

    /// <summary>Null where queries stay as they are.</summary>
    public Norm? QueryNorm => _queryNorm;

    /// <summary>Null where keys stay as they are.</summary>
    public Norm? KeyNorm => _keyNorm;

    /// <summary>Multiplies the scores.</summary>
    public double Scale => _scale;

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Before the last projection, [B, T, H·hd].</summary>
    private Tensor Mix(Tensor input, AttentionInputs inputs)
    {
        var (rows, time) = (input.size(0), input.size(1));
        if (inputs.Groups is { } packed && _queryKeyValue.Length == 1 && _queryNorm is null)
        {
            return AttentionFunction.Run(_queryKeyValue[0].forward(_mode.Convert(input)), _config.Heads, _config.KeyValueHeads, _fusedPerHead, packed, _scale);
        }

        var (query, key, value) = Project(_mode.Convert(input)); // [B, T, heads, hd] each
        query = Normalize(_queryNorm, query);
        key = Normalize(_keyNorm, key);
        if (inputs.Groups is not null)
        {
            return AttentionFunction.Run(query, key, value, inputs.Groups, _scale);
        }

        if (inputs.Cos is not null)
        {
            query = Rotate(query, inputs.Cos, inputs.Sin!);
            key = Rotate(key, inputs.Cos, inputs.Sin!);
        }

        key = key.transpose(1, 2); // [B, K, T, hd]
        value = value.transpose(1, 2);
        if (inputs.Cache is not null)
        {
            (key, value) = inputs.Cache.Extend(_layer, key, value); // [B, K, S, hd]
        }

        if (_mode.ScaledDotProduct)
        {
            return InOneOperator(query, key, value, inputs.Mask);
        }

        var heads = rows * _config.KeyValueHeads;
        var seen = key.size(2);
        query = query.view(rows, time, _config.KeyValueHeads, _groups, _config.HeadSize)
            .permute(0, 2, 3, 1, 4)
            .reshape(heads, _groups * time, _config.HeadSize); // [B·K, G·T, hd]
        key = key.reshape(heads, seen, _config.HeadSize).transpose(1, 2); // [B·K, hd, S]
        value = value.reshape(heads, seen, _config.HeadSize); // [B·K, S, hd]

        var weights = Weights(query, key, inputs.Mask); // [B·K, G·T, S]
        return weights.bmm(value)
            .view(rows, _config.KeyValueHeads, _groups, time, _config.HeadSize)
            .permute(0, 3, 1, 2, 4)
            .reshape(rows, time, -1); // [B, T, H·hd]
    }

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor input)
    {
        var (rows, time, size) = (input.size(0), input.size(1), _config.HeadSize);
        if (_fusedPerHead)
        {
            var heads = _queryKeyValue[0].forward(input).view(rows, time, _config.Heads, 3 * size).split(size, -1); // q, k, v of head 0, then of head 1, …
            return (heads[0], heads[1], heads[2]);
        }

        var (queries, keys) = ((long)_config.Heads, (long)_config.KeyValueHeads);
        if (_queryKeyValue.Length == 1)
        {
            var parts = _queryKeyValue[0].forward(input).split([queries * size, keys * size, keys * size], -1);
            return (Heads(parts[0], queries), Heads(parts[1], keys), Heads(parts[2], keys));
        }

        return (Heads(_queryKeyValue[0].forward(input), queries), Heads(_queryKeyValue[1].forward(input), keys), Heads(_queryKeyValue[2].forward(input), keys));

        Tensor Heads(Tensor part, long count) => part.reshape(rows, time, count, size);
    }

    /// <summary>[B, T, heads, hd], normalised in the parameters' type, then in the compute type.</summary>
    private Tensor Normalize(Norm? norm, Tensor heads) => norm is null
        ? heads
        : _mode.Convert(_config.QueryKeyNorm == QueryKeyNorm.PerHead ? norm.forward(heads) : norm.forward(heads.reshape(heads.size(0), heads.size(1), -1)).view(heads.shape));

    /// <summary>The same out of libtorch's operator, which on a GPU goes over the keys in blocks: no scores are kept.</summary>
    /// <param name="query">[B, T, H, hd].</param>
    /// <param name="key">[B, K, S, hd].</param>
    /// <param name="value">[B, K, S, hd].</param>
    /// <param name="mask">[T, S] or [B, T, S]; null where each of several queries sees the keys up to itself, and a single one all.</param>
    private Tensor InOneOperator(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        var (rows, time, heads, size) = (query.size(0), query.size(1), query.size(2), query.size(3));
        query = _scaleBefore == 1 ? query : query * _scaleBefore;
        if (time == 1)
        {
            query = query.view(rows, _config.KeyValueHeads, _groups, size); // the queries of one key head as if they were tokens: no key is repeated
        }
        else
        {
            (query, key, value) = (query.transpose(1, 2), Repeated(key), Repeated(value)); // [B, H, T or S, hd]
        }

        return nn.functional.scaled_dot_product_attention(
                query, key, value, mask?.dim() == 3 ? mask.unsqueeze(1) : mask, training ? _config.AttentionDropout : 0, is_casual: mask is null && time > 1)
            .reshape(rows, heads, time, size).transpose(1, 2).reshape(rows, time, -1); // [B, T, H·hd]

        Tensor Repeated(Tensor x) => _groups == 1 ? x : x.unsqueeze(2).expand(rows, -1, _groups, -1, -1).reshape(rows, heads, -1, size);
    }

    /// <summary>softmax(cap(scale · q·kᵀ) + mask), in float32, then in the compute type.</summary>
    private Tensor Weights(Tensor query, Tensor key, Tensor? mask)
    {
        // Not baddbmm: TorchSharp 0.107 hands its three tensors to libtorch in another order.
        var scores = query.bmm(key).mul_(_scale);
        if (_config.ScoreSoftCap is { } cap)
        {
            scores = scores.div_(cap).tanh() * cap;
        }

        if (mask is not null)
        {
            scores.add_(mask);
        }

        var weights = scores.softmax(-1, scores.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        return _mode.Convert(_mode.Dropout(weights, _config.AttentionDropout, training));
    }

    /// <summary>Turns the pairs (x[i], x[i + r/2]) of the first r elements by the position's angles; the others stay.</summary>
    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        using var scope = NewDisposeScope();
        var half = cos.size(-1);
        var rest = x.size(-1) - (2 * half);
        var parts = x.split(rest == 0 ? [half, half] : [half, half, rest], -1); // [B, T, heads, r/2] twice, then what stays
        return cat([parts[0] * cos - parts[1] * sin, parts[1] * cos + parts[0] * sin, .. parts.Skip(2)], -1).MoveToOuterDisposeScope();
    }
}
