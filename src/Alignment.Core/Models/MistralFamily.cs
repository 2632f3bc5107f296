using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Mistral: Llama with a sliding window in every layer (Jiang et al. 2023, arXiv:2310.06825).</summary>
internal sealed class MistralFamily : ModelFamily
{
    private static readonly LlamaKeys Keys = new() { MaxPositions = 131_072, KeyValueHeads = 8 };

    public override string ModelType => "mistral";

    public override string CausalArchitecture => "MistralForCausalLM";

    public override string ScalarArchitecture => "MistralForSequenceClassification";

    public override ParameterNames Names => LlamaKeys.Names;

    public override ModelConfig Read(ConfigReader json)
    {
        var config = RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000);
        return LayerTypes.Read(config, json, json.IsNull("sliding_window") ? null : json.Number("sliding_window", 4096), _ => true);
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["sliding_window"] = config.Window;
        if (config.WindowLayers.Contains(false))
        {
            LayerTypes.Write(config, json);
        }
    }
}
