using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>
/// Gemma 3, text only: five layers with a window and rotary positions of their own to each one without, queries and keys normalised in
/// place of capped scores, whatever <c>attn_logit_softcapping</c> says (Kamath et al. 2025, arXiv:2503.19786).
/// </summary>
internal sealed class Gemma3Family : ModelFamily
{
    private static readonly LlamaKeys Keys = new()
    {
        MaxPositions = 131_072,
        KeyValueHeads = 4,
        HeadSize = 256,
        ActivationKey = "hidden_activation",
        Activation = "gelu_pytorch_tanh",
        Tied = true,
    };

    public override string ModelType => "gemma3_text";

    public override string CausalArchitecture => "Gemma3ForCausalLM";

    public override string ScalarArchitecture => "Gemma3TextForSequenceClassification";

    public override ParameterNames Names => Gemma2Family.AroundNames;

    public override ModelConfig Read(ConfigReader json)
    {
        var config = RotaryKeys.Read(Gemma2Family.ReadShared(json, Keys.Read(json, ModelType)), json, 1_000_000);
        config = config with
        {
            LocalRotaryBase = config.LocalRotaryBase ?? json.Real("rope_local_base_freq", 10_000),
            QueryKeyNorm = QueryKeyNorm.PerHead,
            LogitSoftCap = json.OptionalReal("final_logit_softcapping"),
        };
        var pattern = Math.Max(1, json.Number("sliding_window_pattern", json.Number("_sliding_window_pattern", 6)));
        return LayerTypes.Read(config, json, json.IsNull("sliding_window") ? null : json.Number("sliding_window", 4096), layer => (layer + 1) % pattern != 0);
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        Gemma2Family.WriteShared(config, json);
        json["rope_local_base_freq"] = config.LocalRotaryBase;
    }
}
