using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Models;

namespace Alignment.Core.Lora;

/// <summary>
/// What an adapter is: low-rank updates of projections (Hu et al. 2021, arXiv:2106.09685), as PEFT's <c>adapter_config.json</c> says it.
/// The scale of an update is alpha/r, or alpha/√r when rank-stabilised (Kalajdzievski 2023, arXiv:2312.03732).
/// </summary>
public sealed record LoraConfig
{
    /// <summary>File name inside an adapter folder.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>PEFT's name of a language model.</summary>
    internal const string CausalTask = "CAUSAL_LM";

    /// <summary>PEFT's name of a model with a classification head.</summary>
    internal const string ClassifierTask = "SEQ_CLS";

    private const long MaxBytes = 1_000_000;
    private const int MostRank = 1 << 16;

    /// <summary>r.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>α.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Dropout of an update's input while training, a probability.</summary>
    public double Dropout { get; init; }

    /// <summary>Scale α/√r in place of α/r.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>DoRA: a trained length for each row of the weight (Liu et al. 2024, arXiv:2402.09353).</summary>
    public bool Dora { get; init; }

    /// <summary>Which projections are updated; null in files of old versions, which leave it to the architecture.</summary>
    public TargetModules? Targets { get; init; } = TargetModules.AllLinear;

    /// <summary>Modules that are trained in full and stored whole, by name or end of name.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Ranks of single modules: a name, an end of a name or a regular expression, to r.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>α of single modules.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>The model that the adapter belongs on, as the file names it.</summary>
    public string? BaseModel { get; init; }

    /// <summary><c>CAUSAL_LM</c>, <c>SEQ_CLS</c>, or null.</summary>
    public string? TaskType { get; init; }

    /// <summary>How the base's weights were held while the adapter was trained on them. Not in the config but in the weights' file, as PEFT knows no such key.</summary>
    public Quantization BaseQuantization { get; init; }

    /// <summary>r of one module.</summary>
    /// <param name="module">Its full name.</param>
    public int RankOf(string module) => ModuleNames.Find(RankPattern.Keys, module) is { } key ? RankPattern[key] : Rank;

    /// <summary>What B·A is multiplied by in one module.</summary>
    /// <param name="module">Its full name.</param>
    public double ScalingOf(string module)
    {
        var rank = RankOf(module);
        var alpha = ModuleNames.Find(AlphaPattern.Keys, module) is { } key ? AlphaPattern[key] : Alpha;
        return alpha / (RankStabilized ? Math.Sqrt(rank) : rank);
    }

    /// <summary>Whether a module, or one that it lies in, is stored whole.</summary>
    /// <param name="module">A module's or a parameter's full name.</param>
    public bool Saves(string module) => ModulesToSave.Any(name => ModuleNames.LiesIn(module, name));

    /// <summary>Reads an adapter folder's config.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">Not JSON, another kind of adapter, or an option that is not supported; every problem is listed.</exception>
    public static LoraConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"There is no {FileName} in '{folder}': not an adapter folder in PEFT's layout.", path);
        }

        if (file.Length > MaxBytes)
        {
            throw new InvalidDataException($"{path}: larger than {MaxBytes} bytes; that is no adapter config.");
        }

        try
        {
            var json = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new JsonException("the file is not an object");
            return Read(json, path);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The text of <c>adapter_config.json</c>, keys in PEFT's order.</summary>
    /// <param name="transposed">Whether the base keeps weights as [in, out], as GPT-2 does.</param>
    internal string ToJson(bool transposed) => ModelConfig.Format(new JsonObject
    {
        ["alpha_pattern"] = new JsonObject(AlphaPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["base_model_name_or_path"] = BaseModel,
        ["bias"] = "none",
        ["fan_in_fan_out"] = transposed,
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["lora_alpha"] = Number(Alpha),
        ["lora_dropout"] = Dropout,
        ["modules_to_save"] = ModulesToSave.Count == 0 ? null : new JsonArray([.. ModulesToSave.Select(name => (JsonNode)name)]),
        ["peft_type"] = "LORA",
        ["r"] = Rank,
        ["rank_pattern"] = new JsonObject(RankPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["target_modules"] = Targets?.ToJson(),
        ["task_type"] = TaskType,
        ["use_dora"] = Dora,
        ["use_rslora"] = RankStabilized,
    });

    /// <summary>A whole α stays a whole number, as PEFT writes it.</summary>
    private static JsonNode Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static LoraConfig Read(JsonObject json, string path)
    {
        var reader = new LoraConfigReader(json);
        var config = new LoraConfig
        {
            Rank = reader.Whole("r", 8),
            Alpha = reader.Real("lora_alpha", 8),
            Dropout = reader.Real("lora_dropout", 0),
            RankStabilized = reader.Flag("use_rslora"),
            Dora = reader.Flag("use_dora"),
            Targets = reader.Targets(),
            ModulesToSave = reader.Names("modules_to_save") ?? [],
            RankPattern = reader.Numbers("rank_pattern").ToDictionary(pair => pair.Key, pair => (int)Math.Clamp(pair.Value, -1, int.MaxValue)),
            AlphaPattern = reader.Numbers("alpha_pattern"),
            BaseModel = reader.Text("base_model_name_or_path"),
            TaskType = reader.Text("task_type"),
        };
        reader.CheckUnsupported();
        string[] problems = [.. reader.Problems, .. config.Problems()];
        return problems.Length == 0 ? config : throw new InvalidDataException($"{path}: {string.Join("; ", problems)}.");
    }

    /// <summary>Numbers that make no adapter.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var (name, rank) in RankPattern.Prepend(KeyValuePair.Create("r", Rank)))
        {
            if (rank is < 1 or > MostRank)
            {
                yield return $"the rank '{name}' is {rank}; it must be from 1 to {MostRank}";
            }
        }

        foreach (var (name, alpha) in AlphaPattern.Prepend(KeyValuePair.Create("lora_alpha", Alpha)))
        {
            if (!double.IsFinite(alpha) || alpha == 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"the alpha '{name}' is {alpha}; it must be a number other than 0");
            }
        }

        if (!(Dropout is >= 0 and < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the dropout is {Dropout}; it must be at least 0 and below 1");
        }

        if (TaskType is not (null or CausalTask or ClassifierTask))
        {
            yield return $"'task_type' is {TaskType}; {CausalTask} and {ClassifierTask} are supported";
        }
    }
}
