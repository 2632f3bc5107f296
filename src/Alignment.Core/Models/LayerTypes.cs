using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>The keys that give some layers a sliding window: <c>layer_types</c>, or a rule of the family's own.</summary>
internal static class LayerTypes
{
    private const string Key = "layer_types";
    private const string Sliding = "sliding_attention";
    private const string Full = "full_attention";

    /// <summary>Fills in the window and the layers that have it.</summary>
    /// <param name="config">With its layers.</param>
    /// <param name="json">The file.</param>
    /// <param name="window">W; null = no layer has one.</param>
    /// <param name="rule">Which layers have it where the file does not list them.</param>
    public static ModelConfig Read(ModelConfig config, ConfigReader json, int? window, Func<int, bool> rule)
    {
        var types = json.Texts(Key);
        foreach (var type in (types ?? []).Where(type => type is not (Sliding or Full)).Distinct())
        {
            json.Problem(Key, $"has '{type}'; supported are {Full} and {Sliding}");
        }

        if (types is not null && types.Count != config.Layers)
        {
            json.Problem(Key, $"has {types.Count} entries for {config.Layers} layers");
        }

        if (window is null)
        {
            if (types?.Contains(Sliding) == true)
            {
                json.Problem(Key, $"has {Sliding}, but the file names no window for it");
            }

            return config;
        }

        var layers = Enumerable.Range(0, Math.Clamp(config.Layers, 0, ModelConfigProblems.MostLayers));
        return config with { Window = window, WindowLayers = [.. types is null ? layers.Select(rule) : types.Select(type => type == Sliding)] };
    }

    /// <summary>Writes the layers that have the window.</summary>
    public static void Write(ModelConfig config, JsonObject json) =>
        json[Key] = new JsonArray([.. Enumerable.Range(0, config.Layers).Select(layer => (JsonNode)(config.HasWindow(layer) ? Sliding : Full))]);
}
