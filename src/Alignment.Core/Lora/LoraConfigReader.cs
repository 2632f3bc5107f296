using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Core.Lora;

/// <summary>Reads the keys of PEFT's <c>adapter_config.json</c> and collects what is wrong or not supported.</summary>
internal sealed class LoraConfigReader(JsonObject json)
{
    /// <summary>Keys that are read, and keys that say nothing about what the stored adapter computes.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora", "target_modules", "exclude_modules", "modules_to_save", "rank_pattern", "alpha_pattern",
        "base_model_name_or_path", "task_type", "peft_type", "bias", "lora_bias", "fan_in_fan_out", "init_lora_weights",
        "auto_mapping", "inference_mode", "layers_pattern", "layers_to_transform", "megatron_core", "peft_version", "qalora_group_size", "revision",
        "runtime_config", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "velora_config", "ensure_weight_tying",
    };

    /// <summary>Beginnings that leave the base model's own weights as they were; the others change them, so the adapter does not fit the base that it names.</summary>
    private static readonly HashSet<string> PlainStarts = new(StringComparer.Ordinal) { "gaussian", "eva", "orthogonal", "mica" };

    private readonly List<string> _problems = [];

    /// <summary>What is wrong, in order.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public int Whole(string key, int fallback)
    {
        if (json[key] is null)
        {
            return fallback;
        }

        return json[key] is JsonValue value && value.TryGetValue(out int whole) ? whole : Wrong(key, "a whole number", fallback);
    }

    public double Real(string key, double fallback)
    {
        if (json[key] is null)
        {
            return fallback;
        }

        return json[key] is JsonValue value && value.TryGetValue(out double real) ? real : Wrong(key, "a number", fallback);
    }

    public bool Flag(string key)
    {
        if (json[key] is null)
        {
            return false;
        }

        return json[key] is JsonValue value && value.TryGetValue(out bool flag) ? flag : Wrong(key, "true or false", false);
    }

    public string? Text(string key)
    {
        if (json[key] is null)
        {
            return null;
        }

        return json[key] is JsonValue value && value.TryGetValue(out string? text) ? text : Wrong<string?>(key, "a text", null);
    }

    /// <summary>A list of texts, or one text as a list of one.</summary>
    public IReadOnlyList<string>? Names(string key)
    {
        switch (json[key])
        {
            case null:
                return null;
            case JsonValue value when value.TryGetValue(out string? text):
                return [text];
            case JsonArray array when array.All(item => item?.GetValueKind() == JsonValueKind.String):
                return [.. array.Select(item => item!.GetValue<string>())];
            default:
                return Wrong<IReadOnlyList<string>?>(key, "a list of names", null);
        }
    }

    public IReadOnlyDictionary<string, double> Numbers(string key)
    {
        switch (json[key])
        {
            case null:
                return new Dictionary<string, double>();
            case JsonObject map when map.All(pair => pair.Value?.GetValueKind() == JsonValueKind.Number):
                return map.ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<double>());
            default:
                return Wrong<IReadOnlyDictionary<string, double>>(key, "names with numbers", new Dictionary<string, double>());
        }
    }

    /// <summary><c>target_modules</c>, less <c>exclude_modules</c>: a list of names, or one text that is <c>all-linear</c> or a regular expression.</summary>
    public TargetModules? Targets()
    {
        var names = Names("target_modules");
        if (names is null)
        {
            return null;
        }

        return new TargetModules(names, json["target_modules"] is JsonValue)
        {
            Excluded = Names("exclude_modules") ?? [],
            ExcludedIsPattern = json["exclude_modules"] is JsonValue,
            Layers = Layers(),
        };
    }

    private IReadOnlyList<int> Layers() => json["layers_to_transform"] switch
    {
        null => [],
        JsonValue value when value.TryGetValue(out int layer) => [layer],
        JsonArray array when array.All(item => item is JsonValue value && value.TryGetValue(out int _)) => [.. array.Select(item => item!.GetValue<int>())],
        _ => Wrong<IReadOnlyList<int>>("layers_to_transform", "a list of whole numbers", []),
    };

    /// <summary>Another kind of adapter, or options that change what it computes and are not known here.</summary>
    public void CheckUnsupported()
    {
        if (Text("peft_type") is var kind && kind != "LORA")
        {
            _problems.Add($"'peft_type' is {kind ?? "missing"}; only LORA adapters (LoRA, rsLoRA, DoRA) are supported. Merge the adapter with PEFT (merge_and_unload) and give the whole model");
        }

        if (Text("bias") is { } bias && bias is not ("none" or "all" or "lora_only"))
        {
            _problems.Add($"'bias' is {bias}; it must be none, all or lora_only");
        }

        if (json["init_lora_weights"] is JsonValue start && start.TryGetValue(out string? name) && !PlainStarts.Contains(name))
        {
            _problems.Add($"'init_lora_weights' is {name}, which changes the base model's weights; convert the adapter with PEFT (path_initial_model_for_weight_conversion), or merge it, and give the result");
        }

        foreach (var (key, value) in json)
        {
            if (!Known.Contains(key) && IsSet(value))
            {
                _problems.Add($"'{key}' is set, which is not supported. Merge the adapter with PEFT (merge_and_unload) and give the whole model");
            }
        }
    }

    private static bool IsSet(JsonNode? value) => value switch
    {
        null => false,
        JsonObject map => map.Count > 0,
        JsonArray list => list.Count > 0,
        _ => value.GetValueKind() is not (JsonValueKind.False or JsonValueKind.Null),
    };

    private T Wrong<T>(string key, string wanted, T fallback)
    {
        _problems.Add($"'{key}' is {json[key]!.ToJsonString()}; it must be {wanted}");
        return fallback;
    }
}
