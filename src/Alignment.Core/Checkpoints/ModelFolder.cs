using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>Models in Hugging Face's folder layout: <c>config.json</c>, <c>model.safetensors</c> or shards, <c>generation_config.json</c>, tokenizer files.</summary>
public static class ModelFolder
{
    /// <summary>Settings of generation, above all the ids that end a response.</summary>
    public const string GenerationFile = "generation_config.json";

    internal const string ScoreKey = "score.weight";
    private const string MeanKey = "reward_mean";
    private const string StdKey = "reward_std";

    /// <summary>
    /// A language model from its folder, in eval mode. float32, bfloat16 and float16 files become float32 parameters, one tensor at a time. An
    /// adapter's folder gives its base model with the updates in the weights.
    /// </summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <param name="quantization">How the layers' projections are held; each is quantised before the next is read.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, or weights that do not fit the config: every key is listed.</exception>
    public static CausalLm LoadCausalLm(
        string folder, Device? device = null, ScalarType computeType = ScalarType.Float32, Quantization quantization = Quantization.None)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        if (IsClassifier(config))
        {
            throw new InvalidDataException($"{folder}: holds a {config.Architecture}, expected a language model such as {config.Family.CausalArchitecture}. A reward model cannot be used as a policy.");
        }

        using var source = new ModelParameters(folder, config, device ?? CPU, quantization);
        return Built(() => new CausalLm(config, source, device ?? CPU), source, model => model.ComputeType = computeType);
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
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Config or weights are missing.</exception>
    /// <exception cref="InvalidDataException">An unknown architecture, or weights that do not fit the config: every key is listed.</exception>
    public static ScalarHeadModel LoadScalarHead(
        string folder, long seed = 0, double? headDeviation = null, Device? device = null, ScalarType computeType = ScalarType.Float32,
        Quantization quantization = Quantization.None)
    {
        CheckExists(folder);
        var config = ModelConfig.Load(folder);
        var isClassifier = IsClassifier(config);
        using var head = new FreshParameters(config, seed, device ?? CPU, headDeviation);
        using var source = isClassifier
            ? new ModelParameters(folder, config, device ?? CPU, quantization)
            : new ModelParameters(folder, config, device ?? CPU, quantization, head, ScoreKey, config.Family.Names.HeadKeys);
        return Built(() => new ScalarHeadModel(config, source, device ?? CPU), source, model =>
        {
            model.ComputeType = computeType;
            if (isClassifier)
            {
                (model.RewardMean, model.RewardStd) = Normalisation(config, folder);
            }
        });
    }

    /// <summary>A new language model with random weights, in eval mode: N(0, initializer_range²), residual projections scaled by 1/√(2L).</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">The same seed gives the same weights on every device.</param>
    /// <param name="device">Null = CPU.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <exception cref="InvalidDataException">The config makes no model; every problem is listed.</exception>
    public static CausalLm CreateCausalLm(ModelConfig config, long seed, Device? device = null, ScalarType computeType = ScalarType.Float32)
    {
        var problems = config.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException($"The model config makes no {config.ModelType} model: {string.Join("; ", problems)}.");
        }

        using var source = new FreshParameters(config, seed, device ?? CPU);
        var model = new CausalLm(config, source, device ?? CPU) { ComputeType = computeType };
        model.eval();
        return model;
    }

    /// <summary>
    /// Writes a language model's folder aside, reads it back and compares every byte of the weights, then renames it into place. A model with an
    /// adapter that is not merged becomes an adapter folder, which names its base.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Replaced as a whole when it exists; its parent must exist.</param>
    /// <param name="copyTokenizer">Copies the tokenizer's files into the folder it is given.</param>
    /// <param name="generationConfig">Content of <c>generation_config.json</c>; null = the config's special ids.</param>
    /// <param name="type">Type of the stored weights.</param>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old folder is untouched.</exception>
    public static void Save(CausalLm model, string folder, Action<string>? copyTokenizer = null, JsonObject? generationConfig = null, ScalarType type = ScalarType.Float32) =>
        Save(model, model.Adapter, model.Config, folder, model.Config.Family.CausalArchitecture, [], copyTokenizer, generationConfig, type);

    /// <summary>Writes a scalar-head model's folder, see the other overload; the reward's mean and standard deviation go into <c>config.json</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Replaced as a whole when it exists; its parent must exist.</param>
    /// <param name="copyTokenizer">Copies the tokenizer's files into the folder it is given.</param>
    /// <param name="generationConfig">Content of <c>generation_config.json</c>; null = the config's special ids.</param>
    /// <param name="type">Type of the stored weights.</param>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old folder is untouched.</exception>
    public static void Save(ScalarHeadModel model, string folder, Action<string>? copyTokenizer = null, JsonObject? generationConfig = null, ScalarType type = ScalarType.Float32)
    {
        var more = new JsonObject
        {
            ["id2label"] = new JsonObject { ["0"] = "LABEL_0" },
            ["label2id"] = new JsonObject { ["LABEL_0"] = 0 },
            [MeanKey] = model.RewardMean,
            [StdKey] = model.RewardStd,
        };
        Save(model, model.Adapter, model.Config, folder, model.Config.Family.ScalarArchitecture, more, copyTokenizer, generationConfig, type);
    }

    /// <summary>The ids that end a response: <c>eos_token_id</c> of <c>generation_config.json</c>, else of <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">Neither names one, or a file is broken.</exception>
    public static IReadOnlyList<int> StopIds(string folder)
    {
        var config = ModelConfig.Load(folder);
        var path = AdapterFolder.FindFile(folder, GenerationFile);
        var ids = path is null ? [] : new ConfigReader(ReadObject(path), path).Ids("eos_token_id");
        ids = ids.Count > 0 ? ids : config.EosIds;
        return ids.Count > 0 ? ids : throw new InvalidDataException($"{folder}: neither {GenerationFile} nor {ModelConfig.FileName} has an 'eos_token_id': add the id that ends a response.");
    }

    private static void CheckExists(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }
    }

    private static bool IsClassifier(ModelConfig config) => config.Architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true;

    private static (double Mean, double Std) Normalisation(ModelConfig config, string folder)
    {
        var path = Path.Combine(folder, ModelConfig.FileName);
        var reader = new ConfigReader(config.Document!, path);
        var (mean, std) = (reader.Real(MeanKey, 0), reader.Real(StdKey, 1));
        reader.Report(double.IsFinite(mean) && std > 0 && double.IsFinite(std) ? [] : [$"'{MeanKey}' must be finite and '{StdKey}' above 0, got {mean} and {std}"]);
        return (mean, std);
    }

    private static JsonObject ReadObject(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("the file is not an object");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
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

    private static void Save(
        nn.Module model, LoraAdapter? adapter, ModelConfig config, string folder, string architecture, JsonObject more, Action<string>? copyTokenizer, JsonObject? generationConfig, ScalarType type)
    {
        var typeKey = config.Document?.ContainsKey("dtype") == true && !config.Document.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype";
        more[typeKey] = type switch
        {
            ScalarType.Float32 => "float32",
            ScalarType.BFloat16 => "bfloat16",
            ScalarType.Float16 => "float16",
            _ => throw new ArgumentException($"Weights are stored as Float32, BFloat16 or Float16, not {type}.", nameof(type)),
        };
        var weights = adapter is { IsMerged: false } ? null : LoraAdapter.FullWeights(model);
        AtomicFile.WriteFolder(folder, aside =>
        {
            if (weights is null)
            {
                AdapterFolder.Write(adapter!, config, aside, folder, type);
            }
            else
            {
                SafetensorsWriter.Write(Path.Combine(aside, SafetensorsFolder.SingleFile), weights, type);
            }

            copyTokenizer?.Invoke(aside);
            if (VocabularyContract.TokenizerHash(aside) is { } hash)
            {
                more[VocabularyContract.TokenizerHashKey] = hash;
            }

            WriteText(Path.Combine(aside, ModelConfig.FileName), config.ToJson(architecture, more));
            WriteText(Path.Combine(aside, GenerationFile), ModelConfig.Format(generationConfig ?? SpecialIds(config)));
            Compare(aside, config, architecture, weights, type);
        });
    }

    private static void WriteText(string path, string text) => File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private static JsonObject SpecialIds(ModelConfig config)
    {
        var json = new JsonObject();
        if (config.BosId is { } bos)
        {
            json["bos_token_id"] = bos;
        }

        if (config.EosIds.Count > 0)
        {
            json["eos_token_id"] = config.EosIds.Count == 1 ? config.EosIds[0] : new JsonArray([.. config.EosIds.Select(id => (JsonNode)id)]);
        }

        if (config.PadId is { } pad)
        {
            json["pad_token_id"] = pad;
        }

        return json;
    }

    /// <summary>The part of a config that record equality compares by value.</summary>
    private static ModelConfig Values(ModelConfig config) => config with { Document = null, Architecture = null, EosIds = [] };

    private static void Compare(string folder, ModelConfig config, string architecture, IReadOnlyDictionary<string, Tensor>? weights, ScalarType type)
    {
        var read = ModelConfig.Load(folder);
        using var stored = weights is null ? null : SafetensorsFolder.Open(folder);
        if (read.Architecture != architecture || Values(read) != Values(config) || !read.EosIds.SequenceEqual(config.EosIds) || stored?.Entries.Count != weights?.Count)
        {
            throw new IOException($"{folder}: what was written reads back as another model.");
        }

        foreach (var (name, weight) in weights ?? new Dictionary<string, Tensor>())
        {
            using var scope = NewDisposeScope();
            var expected = weight.detach().cpu().to(type).contiguous().view(-1);
            var found = stored!.Load(name).view(-1);
            const long Step = 1L << 26;
            for (var from = 0L; from < expected.size(0); from += Step)
            {
                var count = Math.Min(Step, expected.size(0) - from);
                if (!expected.narrow(0, from, count).bytes.SequenceEqual(found.narrow(0, from, count).bytes))
                {
                    throw new IOException($"{folder}: the tensor '{name}' was not stored as it is; the disk may be failing.");
                }
            }
        }
    }
}
