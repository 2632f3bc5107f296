using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Phi 1, 1.5 and 2: LayerNorm, biases everywhere, attention and feed-forward side by side (Li et al. 2023, arXiv:2309.05463).</summary>
internal sealed class PhiFamily : ModelFamily
{
    private static readonly LlamaKeys Keys = new() { EpsilonKey = "layer_norm_eps", Epsilon = 1e-5, Activation = "gelu_new" };

    public override string ModelType => "phi";

    public override string CausalArchitecture => "PhiForCausalLM";

    public override string ScalarArchitecture => "PhiForSequenceClassification";

    public override ParameterNames Names { get; } = LlamaKeys.Names with
    {
        FinalNorm = "final_layernorm",
        FeedForwardNorm = null,
        QueryNorm = "q_layernorm",
        KeyNorm = "k_layernorm",
        AttentionOutput = "dense",
        Gate = null,
        Up = "fc1",
        Down = "fc2",
    };

    public override ModelConfig Read(ConfigReader json) => RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000, 0.5) with
    {
        Norm = NormKind.Layer,
        ParallelBlocks = true,
        AttentionBias = true,
        FeedForwardBias = true,
        HeadBias = true,
        GatedFeedForward = false,
        QueryKeyNorm = json.Flag("qk_layernorm", false) ? QueryKeyNorm.PerHead : QueryKeyNorm.None,
        EmbeddingDropout = json.Real("embd_pdrop", 0),
        ResidualDropout = json.Real("resid_pdrop", 0),
    };

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["partial_rotary_factor"] = config.RotaryShare;
        json["qk_layernorm"] = config.QueryKeyNorm == QueryKeyNorm.PerHead;
        json["embd_pdrop"] = config.EmbeddingDropout;
        json["resid_pdrop"] = config.ResidualDropout;
    }
}
