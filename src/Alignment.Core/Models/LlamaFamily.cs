using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU (Touvron et al. 2023, arXiv:2302.13971).</summary>
internal sealed class LlamaFamily : ModelFamily
{
    public override string ModelType => "llama";

    public override string CausalArchitecture => "LlamaForCausalLM";

    public override string ScalarArchitecture => "LlamaForSequenceClassification";

    public override ParameterNames Names { get; } = new()
    {
        Backbone = "model",
        TokenEmbedding = "embed_tokens",
        Layers = "layers",
        FinalNorm = "norm",
        AttentionNorm = "input_layernorm",
        Attention = "self_attn",
        FeedForwardNorm = "post_attention_layernorm",
        FeedForward = "mlp",
        QueryKeyValue = ["q_proj", "k_proj", "v_proj"],
        AttentionOutput = "o_proj",
        Gate = "gate_proj",
        Up = "up_proj",
        Down = "down_proj",
    };

    // Defaults: transformers' LlamaConfig.
    public override ModelConfig Read(ConfigReader json)
    {
        var width = json.Number("hidden_size");
        var heads = json.Number("num_attention_heads");
        return new ModelConfig
        {
            ModelType = ModelType,
            VocabularySize = json.Number("vocab_size"),
            Width = width,
            Layers = json.Number("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = json.Number("num_key_value_heads", heads),
            HeadSize = json.Number("head_dim", width / Math.Max(heads, 1)),
            InnerWidth = json.Number("intermediate_size"),
            MaxPositions = json.Number("max_position_embeddings", 2048),
            Norm = NormKind.Rms,
            NormEpsilon = json.Real("rms_norm_eps", 1e-6),
            Positions = PositionKind.Rotary,
            RotaryBase = json.RotaryBase(10_000),
            Activation = json.Activation("hidden_act", "silu"),
            GatedFeedForward = true,
            AttentionBias = json.Flag("attention_bias", false),
            FeedForwardBias = json.Flag("mlp_bias", false),
            TiedEmbeddings = json.Flag("tie_word_embeddings", false),
            InitializerRange = json.Real("initializer_range", 0.02),
            AttentionDropout = json.Real("attention_dropout", 0),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        json["attention_bias"] = config.AttentionBias;
        json["attention_dropout"] = config.AttentionDropout;
        json["head_dim"] = config.HeadSize;
        json["hidden_act"] = config.Activation switch
        {
            ActivationKind.Gelu => "gelu",
            ActivationKind.GeluTanh => "gelu_pytorch_tanh",
            ActivationKind.Relu => "relu",
            _ => "silu",
        };
        json["hidden_size"] = config.Width;
        json["initializer_range"] = config.InitializerRange;
        json["intermediate_size"] = config.InnerWidth;
        json["max_position_embeddings"] = config.MaxPositions;
        json["mlp_bias"] = config.FeedForwardBias;
        json["num_attention_heads"] = config.Heads;
        json["num_hidden_layers"] = config.Layers;
        json["num_key_value_heads"] = config.KeyValueHeads;
        json["rms_norm_eps"] = config.NormEpsilon;
        json["rope_scaling"] = null;
        json["rope_theta"] = config.RotaryBase;
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        json["vocab_size"] = config.VocabularySize;
    }

    public override IEnumerable<string> Problems(ModelConfig config)
    {
        if (config.Norm != NormKind.Rms || config.Positions != PositionKind.Rotary || !config.GatedFeedForward || !config.ScaleScores
            || config.ScaleScoresByLayer || config.EmbeddingDropout != 0 || config.ResidualDropout != 0)
        {
            yield return "a llama has RMS norms, rotary positions, a gated feed-forward, plainly scaled scores and no dropout but the attention's";
        }
    }
}
