using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU (Touvron et al. 2023, arXiv:2302.13971).</summary>
internal sealed class LlamaFamily : ModelFamily
{
    private static readonly LlamaKeys Keys = new();

    public override string ModelType => "llama";

    public override string CausalArchitecture => "LlamaForCausalLM";

    public override string ScalarArchitecture => "LlamaForSequenceClassification";

    public override ParameterNames Names => LlamaKeys.Names;

    public override ModelConfig Read(ConfigReader json) => RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000) with
    {
        AttentionBias = json.Flag("attention_bias", false),
        FeedForwardBias = json.Flag("mlp_bias", false),
    };

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["attention_bias"] = config.AttentionBias;
        json["mlp_bias"] = config.FeedForwardBias;
    }
}
