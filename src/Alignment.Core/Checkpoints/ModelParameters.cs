using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>The parameters of a model folder, or of an adapter folder with everything that it lies on, while a model is built from them.</summary>
internal sealed class ModelParameters : IParameterSource, IDisposable
{
    private readonly Quantization _quantization;
    private readonly ScalarType _type;
    private readonly string _layers;
    private readonly string _head;
    private readonly SafetensorsFolder _weights;
    private readonly StoredParameters _stored;
    private readonly List<AdapterParameters> _adapters = [];

    /// <summary>Opens every file.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="config">Its config.</param>
    /// <param name="device">Where the parameters go.</param>
    /// <param name="quantization">Of the layers' projections.</param>
    /// <param name="fresh">A head of its own in place of the stored one; null = the stored one.</param>
    /// <param name="apart">Leaves the folder's own low-rank updates out of the weights, for a live adapter to hold.</param>
    /// <param name="type">Of the projections' weights.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="FileNotFoundException">Weights are missing.</exception>
    /// <exception cref="InvalidDataException">A broken file.</exception>
    public ModelParameters(string folder, ModelConfig config, Device device, Quantization quantization, FreshParts? fresh = null, bool apart = false, ScalarType type = ScalarType.Float32)
    {
        _quantization = quantization;
        _type = type;
        _head = config.Family.Names.Head + ".weight";
        _layers = $"{config.Family.Names.Backbone}.{config.Family.Names.Layers}.";
        var chain = AdapterFolder.Chain(folder);
        _weights = SafetensorsFolder.Open(chain[^1]);
        try
        {
            // What an adapter brings whole may be in the base, too, or not; the output layer of a language model that became a reward model stays behind.
            string[] whole = [.. chain.SkipLast(1).SelectMany(AdapterParameters.WholeNames)];
            string[] left = [.. whole, .. whole.Contains(SequenceClassifier.HeadOf(config) + ".weight") ? config.Family.Names.HeadKeys : []];
            _stored = new StoredParameters(_weights, config, device, fresh, left);
            IParameterSource below = _stored;
            foreach (var link in chain.SkipLast(1).Reverse())
            {
                var adapter = new AdapterParameters(below, link, config, device, fresh, apart && link == chain[0]);
                _adapters.Add(adapter);
                below = adapter;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Tensor Take(string name, long[] shape, ParameterInit init) => ((IParameterSource?)_adapters.LastOrDefault() ?? _stored).Take(name, shape, init);

    /// <summary>Whether parameters whose names begin so are not in the folder and were drawn.</summary>
    public bool Drawn(string prefix) => _stored.Drawn.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public Quantization QuantizationOf(string name) => name.StartsWith(_layers, StringComparison.Ordinal) ? _quantization : Quantization.None;

    public ScalarType TypeOf(string name) => name == _head || name.StartsWith(_layers, StringComparison.Ordinal) ? _type : ScalarType.Float32;

    /// <summary>Call after construction.</summary>
    /// <exception cref="InvalidDataException">Lists every key that did not fit.</exception>
    public void Report()
    {
        _stored.Report();
        _adapters.ForEach(adapter => adapter.Report());
    }

    public void Dispose()
    {
        _weights.Dispose();
        _adapters.ForEach(adapter => adapter.Dispose());
    }
}
