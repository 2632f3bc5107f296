using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// Parameters out of a folder of weights, as float32, one at a time. Every key that is missing, mis-shaped or left over is collected and
/// reported in one error.
/// </summary>
/// <param name="weights">The open folder.</param>
/// <param name="config">Of the same folder.</param>
/// <param name="device">Where the parameters go.</param>
/// <param name="fresh">A head of its own in place of the stored one; null = the stored one.</param>
/// <param name="left">Further keys that may be left over.</param>
/// <param name="headersOnly">Check names, shapes and types, and give empty tensors.</param>
internal sealed class StoredParameters(
    SafetensorsFolder weights, ModelConfig config, Device device, FreshParts? fresh = null, IReadOnlyCollection<string>? left = null, bool headersOnly = false) : IParameterSource
{
    private const int MostShown = 40;

    // Constants that older versions of transformers stored beside the weights.
    private static readonly string[] Buffers =
    [
        ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached",
        "embeddings.position_ids", "embeddings.token_type_ids",
    ];

    // TensorFlow's names of a norm's scale and shift, which old BERT files have.
    private static readonly (string Ours, string Old)[] OldEndings = [(".LayerNorm.weight", ".LayerNorm.gamma"), (".LayerNorm.bias", ".LayerNorm.beta")];

    private readonly string? _omitted = OmittedPrefix(weights, config);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private readonly List<string> _drawn = [];
    private readonly List<string> _misfits = [];

    /// <summary>Parts that the folder lacks and that were drawn.</summary>
    public IReadOnlyList<string> Drawn => _drawn;

    public Tensor Take(string name, long[] shape, ParameterInit init)
    {
        if (fresh?.IsNew(name) == true)
        {
            return fresh.Source.Take(name, shape, init);
        }

        if (KeyOf(name) is not { } key)
        {
            if (fresh?.MayLack(name) == true)
            {
                _drawn.Add(name);
                return fresh.Source.Take(name, shape, init);
            }

            _missing.Add(name);
            return Nothing(shape);
        }

        _taken.Add(key);
        var entry = weights.Entries[key];
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
        {
            _misfits.Add($"{key} is [{string.Join(", ", entry.Shape)}], {ModelConfig.FileName} asks for [{string.Join(", ", shape)}]");
            return Nothing(shape);
        }

        if (entry.Type is not (SafetensorsType.F32 or SafetensorsType.BF16 or SafetensorsType.F16 or SafetensorsType.F64))
        {
            _misfits.Add($"{key} is of type {entry.Type}, weights must be F32, BF16, F16 or F64");
            return Nothing(shape);
        }

        if (headersOnly)
        {
            return Nothing(shape);
        }

        using var scope = NewDisposeScope();
        return weights.Load(key).to(ScalarType.Float32, device).MoveToOuterDisposeScope();
    }

    /// <summary>Constant buffers that older versions of transformers stored, and a tied output layer: keys that are no weights of the model.</summary>
    public static bool IsLeftover(string key, ModelConfig config) =>
        Buffers.Any(buffer => key.EndsWith(buffer, StringComparison.Ordinal)) || (key == config.Family.Names.Head + ".weight" && config.TiedEmbeddings);

    /// <summary>Call after construction.</summary>
    /// <exception cref="InvalidDataException">Lists every key that did not fit.</exception>
    public void Report()
    {
        var unexpected = weights.Entries.Keys.Where(key => !_taken.Contains(key) && !MayStay(key)).Order(StringComparer.Ordinal).ToList();
        if (_missing.Count + _misfits.Count + unexpected.Count == 0)
        {
            return;
        }

        var parts = new[] { Listed("missing", _missing), Listed("unexpected", unexpected), Listed("not fitting", _misfits) }.Where(part => part is not null);
        throw new InvalidDataException($"{weights.Folder}: the weights are not those of the {config.ModelType} model in {ModelConfig.FileName}: {string.Join("; ", parts)}.");
    }

    private static string? Listed(string what, List<string> keys) => keys.Count == 0
        ? null
        : $"{keys.Count} {what}: {string.Join(", ", keys.Take(MostShown))}{(keys.Count > MostShown ? ", …" : "")}";

    /// <summary>Takes the place of a tensor that cannot be had, without taking memory.</summary>
    private static Tensor Nothing(long[] shape) => empty([.. shape.Select(_ => 0L)], dtype: ScalarType.Float32);

    /// <summary>What a checkpoint of the bare model (<c>GPT2Model</c>, <c>BertModel</c>) leaves out of every key; null when it leaves nothing out.</summary>
    private static string? OmittedPrefix(SafetensorsFolder weights, ModelConfig config)
    {
        var prefix = config.Family.Names.Backbone.Split('.')[0] + ".";
        return weights.Entries.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal)) ? null : prefix;
    }

    /// <summary>The key in the file; null when it has none.</summary>
    private string? KeyOf(string name)
    {
        if (_omitted is not null && name.StartsWith(_omitted, StringComparison.Ordinal))
        {
            name = name[_omitted.Length..];
        }

        if (weights.Entries.ContainsKey(name))
        {
            return name;
        }

        var (ours, old) = OldEndings.FirstOrDefault(ending => name.EndsWith(ending.Ours, StringComparison.Ordinal));
        var oldName = ours is null ? null : name[..^ours.Length] + old;
        return oldName is not null && weights.Entries.ContainsKey(oldName) ? oldName : null;
    }

    private bool MayStay(string key) => IsLeftover(key, config) || fresh?.MayStay(key) == true || left?.Contains(key) == true;
}
