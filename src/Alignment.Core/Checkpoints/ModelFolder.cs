using System.Text.Json.Nodes;
using Alignment.Core.Generation;
using Alignment.Core.Generation.Decoding;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>Models in Hugging Face's folder layout: <c>config.json</c>, <c>model.safetensors</c> or shards, <c>generation_config.json</c>, tokenizer files.</summary>
public static class ModelFolder
{
    /// <summary>
    /// A language model from its folder, in eval mode. float32, bfloat16 and float16 files become float32 parameters, one tensor at a time. An
    /// adapter's folder gives its base model with the updates in the weights.
    /// </summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="quantization">How the layers' projections are held; each is quantised before the next is read.</param>
    /// <param name="liveAdapter">Of an adapter folder: keeps its low-rank updates apart, as the model's adapter, instead of merging them.</param>
    /// <param name="frozen">The model is asked and never trained, as a reference is: no parameter takes a gradient, and the weights of products are held in
    /// the compute type, in bfloat16 half of the memory; the numbers are the same.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, or weights that do not fit the config: every key is listed.</exception>
    public static CausalLm LoadCausalLm(
        string folder, Device? device = null, ScalarType computeType = ScalarType.Float32, Quantization quantization = Quantization.None, bool liveAdapter = false, bool frozen = false)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        if (config.IsClassifier)
        {
            throw new InvalidDataException($"{folder}: holds a {config.Architecture}, expected a language model such as {config.Family.CausalArchitecture}. A reward model cannot be used as a policy.");
        }

        RefuseEncoder(config, folder);
        using var source = new ModelParameters(folder, config, device ?? CPU, quantization, apart: liveAdapter, type: frozen ? computeType : ScalarType.Float32);
        return Built(() => new CausalLm(config, source, device ?? CPU), source, model =>
        {
            model.ComputeType = computeType;
            Freeze(model, frozen);
            if (liveAdapter && AdapterFolder.Is(folder))
            {
                AdapterFolder.Attach(folder, config, model.AddAdapter, () => model.Adapter!);
            }
        });
    }

    /// <summary>A language model that is only to sample, from its folder: as <see cref="LoadCausalLm"/>, with less memory.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="LoadCausalLm"/>.</exception>
    public static SamplingModel LoadForSampling(string folder, Device? device = null, ScalarType computeType = ScalarType.Float32)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        if (config.IsClassifier || config.IsEncoder || !DecodeWeights.Knows(config, device ?? CPU))
        {
            return new SamplingModel(LoadCausalLm(folder, device, computeType));
        }

        using var source = new ModelParameters(folder, config, CPU, Quantization.None);
        return Packed(config, computeType, source, source.Report);
    }

    /// <summary>
    /// A model with a scalar head, in eval mode: from a reward model's folder as it is, from a language model's folder with a new head.
    /// </summary>
    /// <param name="folder">Either kind.</param>
    /// <param name="seed">Draws the new head.</param>
    /// <param name="headDeviation">Standard deviation of the new head; 0 = zeros; null = 1/√(D + 1), as Stiennon et al. 2020 (arXiv:2009.01325) do.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="quantization">See <see cref="LoadCausalLm"/>.</param>
    /// <param name="heads">How many heads the model must have, each drawn by itself; null = what a reward model's folder has, 1 of a language model's.</param>
    /// <param name="frozen">See <see cref="LoadCausalLm"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, a classifier of several labels that are no ensemble's heads, another number of heads, or weights that do not fit the config: every key is listed.</exception>
    public static ScalarHeadModel LoadScalarHead(
        string folder, long seed = 0, double? headDeviation = null, Device? device = null, ScalarType computeType = ScalarType.Float32,
        Quantization quantization = Quantization.None, int? heads = null, bool frozen = false)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        RefuseEncoder(config, folder);
        var isClassifier = config.IsClassifier;
        var count = isClassifier ? LabelsOf(folder, config).Count : heads ?? 1;
        if (isClassifier && count > 1 && !RewardKeys.HasHeads(config))
        {
            throw new InvalidDataException($"{folder}: holds a {config.Architecture} of {count} labels, expected one of a single label (a reward model), one whose labels are the heads of an ensemble, or a language model.");
        }

        if (heads is { } wanted && wanted != count)
        {
            throw new InvalidDataException($"{folder}: is a reward model with {count} {(count == 1 ? "head" : "heads")}, where {wanted} are asked for; give as many, or begin with a language model.");
        }

        using var head = new FreshParameters(config, seed, device ?? CPU, headDeviation);
        using var source = new ModelParameters(folder, config, device ?? CPU, quantization, isClassifier ? null : NewHead(config, head), type: frozen ? computeType : ScalarType.Float32);
        return Built(() => new ScalarHeadModel(config, source, device ?? CPU, count), source, model =>
        {
            model.ComputeType = computeType;
            Freeze(model, frozen);
            if (isClassifier)
            {
                RewardKeys.Read(model, config, folder);
            }
        });
    }

    /// <summary>A classifier from its folder, in eval mode.</summary>
    /// <param name="folder">Of a <c>...ForSequenceClassification</c>.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="quantization">See <see cref="LoadCausalLm"/>.</param>
    /// <param name="liveAdapter">See <see cref="LoadCausalLm"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">No classifier, an unknown architecture, or weights that do not fit the config: every key is listed.</exception>
    public static SequenceClassifier LoadClassifier(
        string folder, Device? device = null, ScalarType computeType = ScalarType.Float32, Quantization quantization = Quantization.None, bool liveAdapter = false)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        if (!config.IsClassifier)
        {
            throw new InvalidDataException($"{folder}: holds a {config.Architecture ?? "model without a name"}, expected a classifier such as {config.Family.ScalarArchitecture}.");
        }

        using var source = new ModelParameters(folder, config, device ?? CPU, quantization, apart: liveAdapter);
        return Built(() => new SequenceClassifier(config, LabelsOf(folder, config), source, device ?? CPU), source, model =>
        {
            model.ComputeType = computeType;
            if (liveAdapter && AdapterFolder.Is(folder))
            {
                AdapterFolder.Attach(folder, config, model.AddAdapter, () => model.Adapter!);
            }
        });
    }

    /// <summary>
    /// A classifier for given labels, in eval mode: from a classifier's folder of as many labels with its head, from any other folder of
    /// the architecture (a language model, BERT without a head) with a new one, as transformers does.
    /// </summary>
    /// <param name="folder">Any of these.</param>
    /// <param name="labels">What it is to tell apart.</param>
    /// <param name="seed">Draws the new head, N(0, initializer_range²).</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="quantization">See <see cref="LoadCausalLm"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, or weights that do not fit the config: every key is listed.</exception>
    public static SequenceClassifier LoadClassifier(
        string folder, LabelSet labels, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32, Quantization quantization = Quantization.None)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        var keepsHead = config.IsClassifier && LabelsOf(folder, config).Count == labels.Count;
        using var head = new FreshParameters(config, seed, device ?? CPU, config.InitializerRange);
        using var source = new ModelParameters(folder, config, device ?? CPU, quantization, keepsHead ? null : NewHead(config, head));
        return Built(() => new SequenceClassifier(config, labels, source, device ?? CPU), source, model =>
        {
            model.ComputeType = computeType;
            model.DrawnModules = source.Drawn(Encoder.PoolerPrefix) ? [Encoder.PoolerPrefix.TrimEnd('.')] : [];
        });
    }

    /// <summary>A new language model with random weights, in eval mode: N(0, initializer_range²), residual projections scaled by 1/√(2L).</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">The same seed gives the same weights on every device.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="frozen">See <see cref="LoadCausalLm"/>.</param>
    /// <exception cref="InvalidDataException">The config makes no model; every problem is listed.</exception>
    public static CausalLm CreateCausalLm(ModelConfig config, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32, bool frozen = false)
    {
        Check(config, []);
        RefuseEncoder(config, nameof(config));
        using var source = new FreshParameters(config, seed, device ?? CPU, type: frozen ? computeType : ScalarType.Float32);
        var model = new CausalLm(config, source, device ?? CPU) { ComputeType = computeType };
        Freeze(model, frozen);
        model.eval();
        return model;
    }

    /// <summary>A new language model with random weights that is only to sample: the weights of <see cref="CreateCausalLm"/> with less memory.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="device">Null = the CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <exception cref="InvalidDataException">The config makes no model; every problem is listed.</exception>
    public static SamplingModel CreateForSampling(ModelConfig config, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32)
    {
        Check(config, []);
        if (config.IsEncoder || !DecodeWeights.Knows(config, device ?? CPU))
        {
            return new SamplingModel(CreateCausalLm(config, seed, device, computeType));
        }

        using var source = new FreshParameters(config, seed, device ?? CPU);
        return Packed(config, computeType, source, () => { });
    }

    /// <summary>A new reward or value model with random weights, in eval mode.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">The same seed gives the same weights on every device.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="frozen">See <see cref="LoadCausalLm"/>.</param>
    /// <exception cref="InvalidDataException">The config makes no model; every problem is listed.</exception>
    public static ScalarHeadModel CreateScalarHead(ModelConfig config, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32, bool frozen = false)
    {
        Check(config, []);
        RefuseEncoder(config, nameof(config));
        using var source = new FreshParameters(config, seed, device ?? CPU, config.InitializerRange, frozen ? computeType : ScalarType.Float32);
        var model = new ScalarHeadModel(config, source, device ?? CPU) { ComputeType = computeType };
        Freeze(model, frozen);
        model.eval();
        return model;
    }

    /// <summary>A new classifier with random weights, in eval mode.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="labels">What it is to tell apart.</param>
    /// <param name="seed">The same seed gives the same weights on every device.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <exception cref="InvalidDataException">The config or the labels make no model; every problem is listed.</exception>
    public static SequenceClassifier CreateClassifier(ModelConfig config, LabelSet labels, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32)
    {
        Check(config, labels.Problems());
        using var source = new FreshParameters(config, seed, device ?? CPU, config.InitializerRange);
        var model = new SequenceClassifier(config, labels, source, device ?? CPU) { ComputeType = computeType };
        model.eval();
        return model;
    }

    /// <summary>
    /// Writes a language model's folder aside, reads it back and compares every byte of the weights, then renames it into place. A model with an
    /// adapter that is not merged becomes an adapter folder, which names its base.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Replaced as a whole when it exists; its parent must exist.</param>
    /// <param name="options">Type, shards, what else goes into the folder.</param>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old folder is untouched.</exception>
    public static void Save(CausalLm model, string folder, SaveOptions? options = null) =>
        ModelFolderWriter.Write(model, model.Adapter, model.Config, folder, model.Config.Family.CausalArchitecture, [], options ?? new());

    /// <summary>Writes a classifier's folder; see <see cref="Save(CausalLm, string, SaveOptions?)"/>. The labels go into <c>config.json</c>.</summary>
    /// <param name="model">The model; of a scalar head the reward's mean and standard deviation go there too.</param>
    /// <param name="folder">Replaced as a whole when it exists; its parent must exist.</param>
    /// <param name="options">Type, shards, what else goes into the folder.</param>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old folder is untouched.</exception>
    public static void Save(SequenceClassifier model, string folder, SaveOptions? options = null)
    {
        var more = new JsonObject();
        model.Labels.Write(more, model.Config);
        if (model is ScalarHeadModel scalar)
        {
            RewardKeys.Write(scalar, more);
        }

        ModelFolderWriter.Write(model, model.Adapter, model.Config, folder, model.Config.Family.ScalarArchitecture, more, options ?? new());
    }

    /// <summary>The ids that end a response: <c>eos_token_id</c> of <c>generation_config.json</c>, else of <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">Neither names one, or a file is broken.</exception>
    public static IReadOnlyList<int> StopIds(string folder)
    {
        var config = ModelConfig.Load(folder);
        var ids = GenerationConfigFile.EosIds(folder);
        ids = ids.Count > 0 ? ids : config.EosIds;
        return ids.Count > 0 ? ids : throw new InvalidDataException($"{folder}: neither {GenerationConfigFile.Name} nor {ModelConfig.FileName} has an 'eos_token_id': add the id that ends a response.");
    }

    /// <summary>Checks that a folder would load, from its config and the headers of its weights; of an adapter its base. An encoder may lack a head: it gets one in training.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <exception cref="IOException">Something is missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, a broken file, or weights that do not fit the config: every key is listed.</exception>
    public static void CheckHeaders(string folder)
    {
        CheckExists(folder);
        var root = AdapterFolder.Chain(folder)[^1];
        var config = ModelConfig.Load(root);
        using var weights = SafetensorsFolder.Open(root);
        using var head = new FreshParameters(config, seed: 0, CPU, headDeviation: 0);
        var needsHead = config.IsEncoder && !config.IsClassifier;
        var source = new StoredParameters(weights, config, CPU, needsHead ? NewHead(config, head) : null, headersOnly: true);
        using var scope = NewDisposeScope();
        using nn.Module model = config.IsClassifier || config.IsEncoder ? new SequenceClassifier(config, LabelSet.Of(config), source, CPU) : new CausalLm(config, source, CPU);
        source.Report();
    }

    private static void CheckExists(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }
    }

    /// <summary>The labels of a classifier's folder. PEFT's adapter folders have no config of their own: the head that they bring tells how many there are.</summary>
    private static LabelSet LabelsOf(string folder, ModelConfig config) =>
        !File.Exists(Path.Combine(folder, ModelConfig.FileName)) && AdapterFolder.Is(folder) && AdapterParameters.RowsOf(folder, SequenceClassifier.HeadOf(config)) is { } rows
            ? LabelSet.Numbered((int)rows)
            : LabelSet.Of(config);

    /// <summary>A head of its own in place of whichever the folder has.</summary>
    private static FreshParts NewHead(ModelConfig config, IParameterSource head) => config.IsEncoder
        ? new FreshParts(head, SequenceClassifier.HeadOf(config) + ".", Encoder.PoolerPrefix, "cls.")
        : new FreshParts(head, SequenceClassifier.HeadOf(config) + ".", Optional: null, config.Family.Names.Head + ".");

    private static void RefuseEncoder(ModelConfig config, string source)
    {
        if (config.IsEncoder)
        {
            throw NoTask(config, source);
        }
    }

    private static InvalidDataException NoTask(ModelConfig config, string source) =>
        new($"{source}: a {config.ModelType} reads whole texts and can only classify them; it cannot continue them or give values to tokens.");

    private static void Check(ModelConfig config, IEnumerable<string> more)
    {
        var problems = config.Problems().Concat(more).ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException($"The model config makes no {config.ModelType} model: {string.Join("; ", problems)}.");
        }
    }

    private static void Freeze(nn.Module model, bool frozen)
    {
        foreach (var parameter in model.parameters().Where(_ => frozen))
        {
            parameter.requires_grad = false;
        }
    }

    private static SamplingModel Packed(ModelConfig config, ScalarType type, IParameterSource source, Action report)
    {
        using var team = new WorkerTeam(DecodeEngine.ThreadsFor(config));
        return new SamplingModel(new DecodeWeights(config, type, source, report, team));
    }

    /// <summary>Builds from stored parameters; leaves nothing behind when they do not fit.</summary>
    private static T Built<T>(Func<T> build, ModelParameters source, Action<T> finish) where T : nn.Module
    {
        using var scope = NewDisposeScope();
        var model = build();
        try
        {
            source.Report();
            finish(model);
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
