using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Phi 3 and 4: Llama with query, key and value in one projection, gate and up in another (Abdin et al. 2024, arXiv:2404.14219).</summary>
internal sealed class Phi3Family : ModelFamily
{
    private static readonly LlamaKeys Keys = new() { MaxPositions = 4096, Epsilon = 1e-5 };

    public override string ModelType => "phi3";

    public override string CausalArchitecture => "Phi3ForCausalLM";

    public override string ScalarArchitecture => "Phi3ForSequenceClassification";

    public override ParameterNames Names { get; } = LlamaKeys.Names with { QueryKeyValue = ["qkv_proj"], Gate = null, Up = "gate_up_proj" };

    public override ModelConfig Read(ConfigReader json)
    {
        var config = RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000, 1, originalPositions: 4096) with { ResidualDropout = json.Real("resid_pdrop", 0) };
        return LayerTypes.Read(config, json, json.OptionalNumber("sliding_window"), _ => true);
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["partial_rotary_factor"] = config.RotaryShare;
        json["resid_pdrop"] = config.ResidualDropout;
        json["sliding_window"] = config.Window;
        if (config.RotaryScaling is { } scaling)
        {
            json["original_max_position_embeddings"] = scaling.OriginalPositions;
        }
    }
}
