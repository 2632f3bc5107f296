using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>A base's parameters with an adapter's updates in them, one tensor at a time: memory is the model plus one weight.</summary>
internal sealed class AdapterParameters : IParameterSource, IDisposable
{
    private const string Prefix = "base_model.model.";
    private const string BiasEnd = ".bias";
    private const int MostShown = 40;

    private readonly IParameterSource _below;
    private readonly string _folder;
    private readonly LoraConfig _config;
    private readonly ModelConfig _model;
    private readonly Device _device;
    private readonly FreshParts? _fresh;
    private readonly bool _apart;
    private readonly SafetensorsFile _file;
    private readonly Quantization _rounding;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <param name="below">Gives the base's parameters.</param>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="model">Config of the model under construction.</param>
    /// <param name="device">Where its parameters go.</param>
    /// <param name="fresh">A new head, beside which another's parameters may be left over; null = there is none.</param>
    /// <param name="apart">Leaves updates out of the weights that a live adapter is to hold.</param>
    /// <exception cref="FileNotFoundException">The weights are missing.</exception>
    /// <exception cref="InvalidDataException">A broken or unsupported adapter.</exception>
    public AdapterParameters(IParameterSource below, string folder, ModelConfig model, Device device, FreshParts? fresh, bool apart = false)
    {
        _apart = apart;
        _below = below;
        _folder = folder;
        _model = model;
        _device = device;
        _fresh = fresh;
        _config = LoraConfig.Load(folder);
        _file = Open(folder);
        if (_file.Metadata.TryGetValue(AdapterFolder.QuantizationKey, out var kind) && !Enum.TryParse(kind, ignoreCase: true, out _rounding))
        {
            _problems.Add($"the metadata say that its base was held as '{kind}'; nf4 and int8 are known");
        }
    }

    /// <summary>Names of the parameters that an adapter file brings whole.</summary>
    public static IReadOnlyList<string> WholeNames(string folder)
    {
        using var file = Open(folder);
        return [.. file.Entries.Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal) && !key.Contains(".lora_", StringComparison.Ordinal)).Select(key => key[Prefix.Length..])];
    }

    /// <summary>Rows of a head that an adapter file brings whole; null where it brings none.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="head">The head's name.</param>
    public static long? RowsOf(string folder, string head)
    {
        using var file = Open(folder);
        return file.Entries.GetValueOrDefault($"{Prefix}{head}.weight")?.Shape is [var rows, ..] ? rows : null;
    }

    public Tensor Take(string name, long[] shape, ParameterInit init)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (_file.Entries.ContainsKey(Prefix + name))
        {
            if (_model.TiedEmbeddings && name == $"{_model.Family.Names.Backbone}.{_model.Family.Names.TokenEmbedding}.weight")
            {
                _problems.Add($"{Prefix + name} is the token embedding, which is also the output layer in this model (tie_word_embeddings); adapters that train tied modules apart are not supported");
            }

            return Read(Prefix + name, shape)?.MoveToOuterDisposeScope() ?? Nothing(shape).MoveToOuterDisposeScope();
        }

        var weight = _below.Take(name, shape, init);
        TakeBaseCopy(name, weight, shape);
        if (_rounding != Quantization.None && shape.Length == 2 && IsInLayers(name) && weight.numel() > 0)
        {
            var rounded = IsTransposed(name) ? weight.t() : weight; // [out, in]
            using var quantized = QuantizedWeight.Of(_rounding, rounded);
            rounded.copy_(quantized.Dequantize());
        }

        var module = name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : null;
        if (module is not null && shape.Length == 2 && HasUpdate(module))
        {
            Add(module, weight, shape);
        }
        else if (module is not null && _file.Entries.ContainsKey($"{Prefix}{module}.lora_embedding_A"))
        {
            AddToTable(module, weight, shape);
        }
        else if (module is null && name.EndsWith(BiasEnd, StringComparison.Ordinal) && _file.Entries.ContainsKey($"{Prefix}{name[..^BiasEnd.Length]}.{Projection.FactorB}{BiasEnd}"))
        {
            AddBias(name[..^BiasEnd.Length], weight, shape);
        }

        return weight.MoveToOuterDisposeScope();
    }

    /// <summary>Call after construction.</summary>
    /// <exception cref="InvalidDataException">Lists every key that did not fit.</exception>
    public void Report()
    {
        var unexpected = _file.Entries.Keys.Where(key => !_taken.Contains(key) && !(key.StartsWith(Prefix, StringComparison.Ordinal) && _fresh?.MayStay(key[Prefix.Length..]) == true)).Order(StringComparer.Ordinal).Select(key => $"{key} belongs to no module of it");
        var problems = _problems.Concat(unexpected).ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException(
                $"{_folder}: the adapter does not fit the {_model.ModelType} model that it names as its base: {string.Join("; ", problems.Take(MostShown))}{(problems.Count > MostShown ? "; …" : "")}.");
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The adapter's weights.</summary>
    public static SafetensorsFile Open(string folder)
    {
        var path = Path.Combine(folder, AdapterFolder.WeightsFile);
        return File.Exists(path) ? SafetensorsFile.Open(path)
            : throw new FileNotFoundException(File.Exists(Path.Combine(folder, "adapter_model.bin"))
                ? $"{folder}: has no {AdapterFolder.WeightsFile}; 'adapter_model.bin' is a pickle, which can run code when it is read and is not supported. Convert it where Python is trusted: PeftModel.from_pretrained(base, folder).save_pretrained(folder, safe_serialization=True)."
                : $"{folder}: {AdapterFolder.WeightsFile} is missing.", path);
    }

    private bool HasUpdate(string module)
    {
        var hasUpdate = _file.Entries.ContainsKey($"{Prefix}{module}.lora_A.weight") || _file.Entries.ContainsKey($"{Prefix}{module}.lora_B.weight");
        if (!hasUpdate && !_file.Entries.ContainsKey($"{Prefix}{module}.lora_embedding_A") && _config.Targets is { IsAllLinear: false, IsPattern: false } targets && targets.Include(module, isOutput: false) && !_config.Saves(module))
        {
            _problems.Add($"target module {module} has no update in {AdapterFolder.WeightsFile}");
        }

        return hasUpdate;
    }

    private void Add(string module, Tensor weight, long[] shape)
    {
        var isTransposed = IsTransposed(module);
        var (outputs, inputs) = isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1]);
        long rank = _config.RankOf(module);
        var a = Read($"{Prefix}{module}.lora_A.weight", [rank, inputs]);
        var b = Read($"{Prefix}{module}.lora_B.weight", [outputs, rank]);
        var magnitude = _config.Dora ? Read($"{Prefix}{module}.lora_magnitude_vector", [outputs]) : null;
        if (a is null || b is null || (magnitude is null && _config.Dora) || weight.numel() == 0 || (_apart && AdapterFolder.IsApart($"{Prefix}{module}.lora_A.weight", _model, out _)))
        {
            return;
        }

        var matrix = isTransposed ? weight.t() : weight;
        matrix.copy_(LoraMath.Merged(matrix, a, b, _config.ScalingOf(module), magnitude));
    }

    /// <summary>A bias of B (<c>lora_bias</c>), which is scaled as B·A·x is.</summary>
    private void AddBias(string module, Tensor bias, long[] shape)
    {
        if (Read($"{Prefix}{module}.{Projection.FactorB}{BiasEnd}", shape) is not { } update || bias.numel() == 0)
        {
            return;
        }

        if (_config.Dora)
        {
            _problems.Add($"{Prefix}{module} has a bias of B with a DoRA update, which is not supported");
            return;
        }

        bias.add_(update * _config.ScalingOf(module));
    }

    private bool IsInLayers(string name) => name.StartsWith($"{_model.Family.Names.Backbone}.{_model.Family.Names.Layers}.", StringComparison.Ordinal);

    private bool IsTransposed(string name) => _model.Family.Names.StoredTransposed && IsInLayers(name);

    /// <summary>PEFT stores the base's own weight, too, where the embedding or the output layer has an update.</summary>
    private void TakeBaseCopy(string name, Tensor weight, long[] shape)
    {
        var key = Prefix + (name.LastIndexOf('.') is var dot and >= 0 ? $"{name[..dot]}.base_layer{name[dot..]}" : name);
        if (_file.Entries.ContainsKey(key) && Read(key, shape) is { } copy)
        {
            weight.copy_(copy);
        }
    }

    /// <summary>A table [V, D] of vectors gets scaling · (B·A)ᵀ with A [r, V] and B [D, r].</summary>
    private void AddToTable(string module, Tensor weight, long[] shape)
    {
        long rank = _config.RankOf(module);
        var a = Read($"{Prefix}{module}.lora_embedding_A", [rank, shape[0]]);
        var b = Read($"{Prefix}{module}.lora_embedding_B", [shape[1], rank]);
        if (_config.Dora)
        {
            _problems.Add($"{Prefix}{module} is a table of vectors with a DoRA update, which is not supported");
        }
        else if (_model.TiedEmbeddings && !IsInLayers(module))
        {
            _problems.Add($"{Prefix}{module} is the token embedding, which is also the output layer in this model (tie_word_embeddings); adapters that train tied modules apart are not supported");
        }
        else if (a is not null && b is not null && weight.numel() > 0)
        {
            weight.add_(LoraMath.Delta(a, b, _config.ScalingOf(module)).t());
        }
    }

    /// <summary>A tensor of the adapter as float32; null, with the problem noted, when it does not fit.</summary>
    private Tensor? Read(string key, long[] shape)
    {
        _taken.Add(key);
        if (!_file.Entries.TryGetValue(key, out var entry))
        {
            _problems.Add($"{key} is missing");
            return null;
        }

        if (!entry.Shape.AsSpan().SequenceEqual(shape))
        {
            _problems.Add($"{key} is [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", shape)}]");
            return null;
        }

        if (entry.Type is not (SafetensorsType.F32 or SafetensorsType.BF16 or SafetensorsType.F16 or SafetensorsType.F64))
        {
            _problems.Add($"{key} is of type {entry.Type}, weights must be F32, BF16, F16 or F64");
            return null;
        }

        return _file.Load(key).to(ScalarType.Float32, _device);
    }

    private static Tensor Nothing(long[] shape) => empty([.. shape.Select(_ => 0L)], dtype: ScalarType.Float32);
}
