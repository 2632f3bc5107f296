using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>OLMo 2: Llama with norms behind the blocks, and over all queries and all keys of a token (OLMo team 2024, arXiv:2501.00656).</summary>
internal sealed class Olmo2Family : ModelFamily
{
    private static readonly LlamaKeys Keys = new() { Epsilon = 1e-5 };

    public override string ModelType => "olmo2";

    public override string CausalArchitecture => "Olmo2ForCausalLM";

    public override string ScalarArchitecture => "Olmo2ForSequenceClassification";

    public override ParameterNames Names { get; } = LlamaKeys.Names with
    {
        AttentionNorm = null,
        AttentionOutputNorm = "post_attention_layernorm",
        FeedForwardNorm = null,
        FeedForwardOutputNorm = "post_feedforward_layernorm",
    };

    public override ModelConfig Read(ConfigReader json) => RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000) with
    {
        NormPlacement = NormPlacement.After,
        QueryKeyNorm = QueryKeyNorm.WholeWidth,
        AttentionBias = json.Flag("attention_bias", false),
    };

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["attention_bias"] = config.AttentionBias;
    }
}
