using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;

namespace Alignment.Cli;

/// <summary>How a model's makers want it sampled: what <c>generation_config.json</c> says of it.</summary>
internal sealed class GenerationDefaults
{
    private readonly JsonObject _json;
    private readonly string _path;
    private readonly List<string> _used = [];

    private GenerationDefaults(JsonObject json, string path)
    {
        _json = json;
        _path = path;
    }

    /// <summary>What was taken from the file, for people; null when nothing was.</summary>
    public string? Note => _used.Count == 0 ? null : $"{_path} gives {string.Join(", ", _used)}";

    /// <summary>Reads the file of a model folder; one that is not there says nothing.</summary>
    /// <exception cref="InvalidDataException">Not a JSON object.</exception>
    public static GenerationDefaults Read(string folder)
    {
        var path = AdapterFolder.FindFile(folder, GenerationConfigFile.Name);
        try
        {
            return new(path is null ? [] : JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("it is not an object"), path ?? "");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The temperature: 0 where the file says that the most likely token is to be taken.</summary>
    public double? Temperature()
    {
        if (_json["do_sample"] is JsonValue flag && flag.TryGetValue<bool>(out var sample) && !sample)
        {
            _used.Add("the most likely token each time");
            return 0;
        }

        return Real("temperature");
    }

    /// <summary>A number; null where the file has none under this key.</summary>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public double? Real(string key)
    {
        if (_json[key] is not { } node)
        {
            return null;
        }

        if (node is not JsonValue value || !value.TryGetValue<double>(out var number))
        {
            throw new InvalidDataException($"{_path}: '{key}' must be a number, got {node.ToJsonString()}");
        }

        _used.Add(string.Create(CultureInfo.InvariantCulture, $"{key} {number}"));
        return number;
    }
}
