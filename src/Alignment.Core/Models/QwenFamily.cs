using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>What Qwen 2 and Qwen 3 share: Llama with a window in the upper layers, where it is asked for.</summary>
internal abstract class QwenFamily : ModelFamily
{
    public override ParameterNames Names => LlamaKeys.Names;

    protected abstract LlamaKeys Keys { get; }

    public override ModelConfig Read(ConfigReader json)
    {
        var config = RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000);
        var window = json.Flag("use_sliding_window", false) && !json.IsNull("sliding_window") ? json.Number("sliding_window", 4096) : (int?)null;
        var first = json.Number("max_window_layers", 28);
        return LayerTypes.Read(config, json, window, layer => layer >= first);
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["use_sliding_window"] = config.Window is not null;
        json["sliding_window"] = config.Window;
        LayerTypes.Write(config, json);
    }
}
