using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;
using Alignment.Core.Models;

namespace Alignment.Core.Checkpoints;

/// <summary><c>generation_config.json</c>: settings of generation, above all the ids that end a response.</summary>
public static class GenerationConfigFile
{
    /// <summary>Its name in a model folder.</summary>
    public const string Name = "generation_config.json";

    private const string EosKey = "eos_token_id";

    /// <summary>The file for a model that was made from another: the parent's, byte for byte where nothing changed.</summary>
    /// <param name="parent">The parent's folder; null, or one without the file, gives the special ids of the config.</param>
    /// <param name="config">The model's.</param>
    /// <param name="stopIds">End a response; a list of the parent's that holds them stays. None leaves the parent's.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="InvalidDataException">The parent's file is broken.</exception>
    public static byte[] From(string? parent, ModelConfig config, params IReadOnlyList<int> stopIds)
    {
        if (parent is null || AdapterFolder.FindFile(parent, Name) is not { } path)
        {
            return Of(stopIds.Count > 0 ? config with { EosIds = stopIds } : config);
        }

        var bytes = File.ReadAllBytes(path);
        var json = Parse(bytes, path);
        if (stopIds.All(new ConfigReader(json, path).Ids(EosKey).Contains))
        {
            return bytes;
        }

        json[EosKey] = Ids(stopIds);
        return Encoding.UTF8.GetBytes(ModelConfig.Format(json));
    }

    /// <summary>The ids that end a response; empty where the folder (or the base of an adapter) has no such file or it names none.</summary>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    internal static IReadOnlyList<int> EosIds(string folder)
    {
        var path = AdapterFolder.FindFile(folder, Name);
        return path is null ? [] : new ConfigReader(Parse(File.ReadAllBytes(path), path), path).Ids(EosKey);
    }

    /// <summary>The file of a model without a parent: the special ids of its config.</summary>
    internal static byte[] Of(ModelConfig config)
    {
        var json = new JsonObject();
        if (config.BosId is { } bos)
        {
            json["bos_token_id"] = bos;
        }

        if (config.EosIds.Count > 0)
        {
            json[EosKey] = Ids(config.EosIds);
        }

        if (config.PadId is { } pad)
        {
            json["pad_token_id"] = pad;
        }

        return Encoding.UTF8.GetBytes(ModelConfig.Format(json));
    }

    private static JsonNode Ids(IReadOnlyList<int> ids) => ids.Count == 1 ? ids[0] : new JsonArray([.. ids.Select(id => (JsonNode)id)]);

    private static JsonObject Parse(byte[] bytes, string path)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw new JsonException("the file is not an object");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
    }
}
