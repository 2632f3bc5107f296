using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>GPT-NeoX and Pythia: LayerNorm, a quarter of each head rotary, blocks side by side (Black et al. 2022, arXiv:2204.06745).</summary>
internal sealed class GptNeoxFamily : ModelFamily
{
    private const string Base = "rotary_emb_base";

    private static readonly LlamaKeys Keys = new() { EpsilonKey = "layer_norm_eps", Epsilon = 1e-5, Activation = "gelu" };

    public override string ModelType => "gpt_neox";

    public override string CausalArchitecture => "GPTNeoXForCausalLM";

    public override string ScalarArchitecture => "GPTNeoXForSequenceClassification";

    public override bool FixedPadRow => false;

    public override ParameterNames Names { get; } = new()
    {
        Backbone = "gpt_neox",
        TokenEmbedding = "embed_in",
        Layers = "layers",
        FinalNorm = "final_layer_norm",
        AttentionNorm = "input_layernorm",
        Attention = "attention",
        FeedForwardNorm = "post_attention_layernorm",
        FeedForward = "mlp",
        QueryKeyValue = ["query_key_value"],
        FusedPerHead = true,
        AttentionOutput = "dense",
        Up = "dense_h_to_4h",
        Down = "dense_4h_to_h",
        Head = "embed_out",
    };

    public override ModelConfig Read(ConfigReader json)
    {
        var config = Keys.Read(json, ModelType);
        return RotaryKeys.Read(config with { KeyValueHeads = config.Heads, HeadSize = config.Width / Math.Max(config.Heads, 1) }, json, 10_000, 0.25, Base, "rotary_pct") with
        {
            Norm = NormKind.Layer,
            ParallelBlocks = json.Flag("use_parallel_residual", true),
            AttentionBias = json.Flag("attention_bias", true),
            FeedForwardBias = true,
            GatedFeedForward = false,
            EmbeddingDropout = json.Real("hidden_dropout", 0),
            ResidualDropout = json.Real("hidden_dropout", 0),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        json.Remove("head_dim");
        json.Remove("num_key_value_heads");
        RotaryKeys.Write(config, json, Base);
        json["rotary_pct"] = config.RotaryShare;
        json["use_parallel_residual"] = config.ParallelBlocks;
        json["attention_bias"] = config.AttentionBias;
        json["hidden_dropout"] = config.ResidualDropout;
    }
}
