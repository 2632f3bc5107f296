using System.Globalization;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Gguf;

/// <summary>A model's weights as the file's tensors: renamed, and rearranged where the runtimes count differently.</summary>
internal sealed class GgufTensors
{
    private const int MostShown = 40;

    private readonly ModelConfig _config;
    private readonly GgufArchitecture _architecture;
    private readonly GgufType _type;

    private GgufTensors(ModelConfig config, GgufType type)
    {
        _config = config;
        _architecture = GgufArchitecture.Of(config.ModelType);
        _type = type;
    }

    /// <summary>The tensors in the order of the network: embedding, layers, output.</summary>
    /// <exception cref="InvalidDataException">Missing, unexpected or mis-shaped weights, all listed.</exception>
    public static IReadOnlyList<GgufTensor> From(IReadOnlyList<GgufSource> weights, ModelConfig config, GgufType type)
    {
        var mapping = new GgufTensors(config, type);
        var prefix = config.Family.Names.Backbone + ".";
        var tensors = new Dictionary<string, GgufTensor>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var source in weights.Where(source => !StoredParameters.IsLeftover(source.Name, config)))
        {
            var inner = source.Name.StartsWith(prefix, StringComparison.Ordinal) ? source.Name[prefix.Length..] : source.Name;
            if (mapping._architecture.NameOf(inner, config.Family.Names.Layers) is not { } name)
            {
                problems.Add($"{source.Name} has no place in a {mapping._architecture.Name} file");
            }
            else if (mapping.Tensor(name, source) is var tensor && !tensor.Shape.AsSpan().SequenceEqual(mapping.Shape(name)))
            {
                problems.Add($"{source.Name} is [{string.Join(", ", source.Shape)}], which is not what {ModelConfig.FileName} asks for");
            }
            else
            {
                tensors[name] = tensor;
            }
        }

        problems.AddRange(mapping.Required().Where(name => !tensors.ContainsKey(name)).Select(name => $"the weights of {name} are missing"));
        return problems.Count == 0
            ? [.. tensors.Values.OrderBy(tensor => Place(tensor.Name)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal), .. RotaryFactors(config)]
            : throw new InvalidDataException($"The weights do not fit the {config.ModelType} model in {ModelConfig.FileName}: {string.Join("; ", problems.Take(MostShown))}{(problems.Count > MostShown ? "; …" : "")}.");
    }

    /// <summary>Divisors of the rotary frequencies, where the scaling is not one of the runtimes' own formulas.</summary>
    private static IEnumerable<GgufTensor> RotaryFactors(ModelConfig config)
    {
        if (config.RotaryScaling is not { Kind: RotaryKind.Llama3 or RotaryKind.LongRope } scaling)
        {
            yield break;
        }

        var plain = new RotaryFrequencies(config, config.RotaryBase, scaling: null).Of(0);
        var scaled = new RotaryFrequencies(config, config.RotaryBase, scaling);
        foreach (var (name, regime) in scaling.Kind == RotaryKind.Llama3 ? [("rope_freqs", 0)] : new[] { ("rope_factors_long", 1), ("rope_factors_short", 0) })
        {
            float[] factors = [.. plain.Zip(scaled.Of(regime), (before, after) => before / after)];
            yield return new GgufTensor($"{name}.weight", [factors.Length], GgufType.F32, () => tensor(factors));
        }
    }

    private static int Place(string name) => Layer(name) ?? (name.StartsWith("output", StringComparison.Ordinal) ? int.MaxValue : -1);

    private static int? Layer(string name) => name.StartsWith("blk.", StringComparison.Ordinal) ? int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture) : null;

    private IEnumerable<string> Required()
    {
        string[] outer = _config.Positions == PositionKind.Learned ? ["token_embd", "position_embd", "output_norm"] : ["token_embd", "output_norm"];
        return outer.Concat(_config.TiedEmbeddings ? [] : ["output"])
            .Concat(Enumerable.Range(0, _config.Layers).SelectMany(layer => _architecture.LayerNames.Values.Select(name => $"blk.{layer}.{name}")))
            .Select(name => $"{name}.weight");
    }

    /// <summary>What the runtimes expect, outermost first.</summary>
    private long[] Shape(string name)
    {
        var parts = name.Split('.');
        long width = _config.Width, inner = _config.InnerWidth, query = Query, key = (long)_config.KeyValueHeads * _config.HeadSize;
        var isFusedUp = parts[^2] == "ffn_up" && _config.GatedFeedForward && !_architecture.LayerNames.ContainsValue("ffn_gate");
        long[] shape = parts[^2] switch
        {
            "token_embd" or "output" => [_config.VocabularySize, width],
            "position_embd" => [_config.MaxPositions, width],
            "attn_q" => [query, width],
            "attn_k" or "attn_v" => [key, width],
            "attn_qkv" => [query + (2 * key), width],
            "attn_output" => [width, query],
            "attn_q_norm" or "attn_k_norm" => [_config.HeadSize],
            "ffn_gate" or "ffn_up" => [isFusedUp ? 2 * inner : inner, width],
            "ffn_down" => [width, inner],
            _ => [width],
        };
        return parts[^1] == "bias" ? shape[..1] : shape;
    }

    private long Query => (long)_config.Heads * _config.HeadSize;

    private GgufTensor Tensor(string name, GgufSource source)
    {
        var isTransposed = source.Shape.Length == 2 && _config.Family.Names.StoredTransposed && Layer(name) is not null;
        var shape = isTransposed ? [source.Shape[1], source.Shape[0]] : source.Shape;
        var load = isTransposed ? () => source.Load().t() : source.Load;
        if (_config.Norm == NormKind.RmsOffset && name.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            load = Then(load, weight => weight.to(ScalarType.Float32) + 1);
        }

        if (_architecture.InterleavedRotary && IsOf(name, "attn_q", "attn_k"))
        {
            load = Then(load, Interleave);
        }

        if (IsOf(name, _config.QueryKeyNorm == QueryKeyNorm.None ? ["attn_q", "attn_qkv"] : ["attn_q_norm"]) && QueryFactor(Layer(name)!.Value) is var factor && factor != 1)
        {
            load = Then(load, weight => ScaleQuery(weight, factor));
        }

        return new GgufTensor(name, shape, StoredType(name, shape), load);
    }

    private static bool IsOf(string name, params string[] modules) => name.Split('.') is [_, _, var module, _] && modules.Contains(module);

    private static Func<Tensor> Then(Func<Tensor> load, Func<Tensor, Tensor> change) => () => change(load());

    /// <summary>
    /// Matrices take the type asked for; norms, biases and learned positions, which are small and matter more, stay F32. Rows that cannot
    /// be cut into blocks of 32 are F16.
    /// </summary>
    private GgufType StoredType(string name, long[] shape) =>
        shape.Length < 2 || name == "position_embd.weight" ? GgufType.F32
        : _type == GgufType.Q8_0 && shape[^1] % Q8Blocks.Elements != 0 ? GgufType.F16
        : _type;

    /// <summary>Rows of each head from (i, i + d/2) to (2i, 2i + 1), so that turning neighbours does what turning halves did.</summary>
    private Tensor Interleave(Tensor weight)
    {
        long size = _config.HeadSize, heads = weight.size(0) / size;
        return weight.view(heads, 2, size / 2, -1).transpose(1, 2).reshape(weight.shape); // [heads, 2, d/2, ...] to [heads, d/2, 2, ...]
    }

    /// <summary>The model's scale of scores over the runtimes'; it goes into the query's weights, or those of its norm.</summary>
    private double QueryFactor(int layer)
    {
        var divisor = _config.ScaleScores ? _config.ScoreScalar ?? _config.HeadSize : 1;
        var theirs = _architecture.LayersScaledByWidth == _config.Layers ? _config.Width / _config.Heads : _config.HeadSize;
        return Math.Sqrt(theirs / divisor) / (_config.ScaleScoresByLayer ? layer + 1 : 1);
    }

    private Tensor ScaleQuery(Tensor weight, double factor)
    {
        var scaled = weight.to(ScalarType.Float32).contiguous().clone();
        scaled.narrow(0, 0, Math.Min(Query, scaled.size(0))).mul_(factor);
        return scaled;
    }
}
