using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>GPT-2: LayerNorm, learned positions, one fused projection, GELU, output tied to the embedding (Radford et al. 2019).</summary>
internal sealed class Gpt2Family : ModelFamily
{
    public override string ModelType => "gpt2";

    public override string CausalArchitecture => "GPT2LMHeadModel";

    public override string ScalarArchitecture => "GPT2ForSequenceClassification";

    public override bool FixedPadRow => false;

    public override ParameterNames Names { get; } = new()
    {
        Backbone = "transformer",
        TokenEmbedding = "wte",
        PositionEmbedding = "wpe",
        Layers = "h",
        FinalNorm = "ln_f",
        AttentionNorm = "ln_1",
        Attention = "attn",
        FeedForwardNorm = "ln_2",
        FeedForward = "mlp",
        QueryKeyValue = ["c_attn"],
        AttentionOutput = "c_proj",
        Up = "c_fc",
        Down = "c_proj",
        StoredTransposed = true,
    };

    // Defaults: transformers' GPT2Config.
    public override ModelConfig Read(ConfigReader json)
    {
        var width = json.Number("n_embd");
        var heads = json.Number("n_head");
        json.OnlyFalse("add_cross_attention", "a decoder with an encoder beside it");
        return new ModelConfig
        {
            ModelType = ModelType,
            VocabularySize = json.Number("vocab_size"),
            Width = width,
            Layers = json.Number("n_layer"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = width / Math.Max(heads, 1),
            InnerWidth = json.Number("n_inner", 4 * width),
            MaxPositions = json.Number("n_positions", json.Has("n_ctx") ? json.Number("n_ctx") : 1024),
            Norm = NormKind.Layer,
            NormEpsilon = json.Real("layer_norm_epsilon", 1e-5),
            Positions = PositionKind.Learned,
            Activation = json.Activation("activation_function", "gelu_new"),
            GatedFeedForward = false,
            AttentionBias = true,
            FeedForwardBias = true,
            ScaleScores = json.Flag("scale_attn_weights", true),
            ScaleScoresByLayer = json.Flag("scale_attn_by_inverse_layer_idx", false),
            TiedEmbeddings = json.Flag("tie_word_embeddings", true),
            InitializerRange = json.Real("initializer_range", 0.02),
            EmbeddingDropout = json.Real("embd_pdrop", 0.1),
            AttentionDropout = json.Real("attn_pdrop", 0.1),
            ResidualDropout = json.Real("resid_pdrop", 0.1),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        json["activation_function"] = config.Activation == ActivationKind.GeluTanh ? "gelu_new" : Activations.NameOf(config.Activation);
        json["attn_pdrop"] = config.AttentionDropout;
        json["embd_pdrop"] = config.EmbeddingDropout;
        json["initializer_range"] = config.InitializerRange;
        json["layer_norm_epsilon"] = config.NormEpsilon;
        json["n_embd"] = config.Width;
        json["n_head"] = config.Heads;
        json["n_inner"] = config.InnerWidth;
        json["n_layer"] = config.Layers;
        json["n_positions"] = config.MaxPositions;
        json["resid_pdrop"] = config.ResidualDropout;
        json["scale_attn_by_inverse_layer_idx"] = config.ScaleScoresByLayer;
        json["scale_attn_weights"] = config.ScaleScores;
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        json["vocab_size"] = config.VocabularySize;
    }
}
