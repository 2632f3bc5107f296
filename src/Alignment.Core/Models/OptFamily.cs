using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>OPT: learned positions from the table's third row on, norms before the blocks or, in the 350m, after the sums (Zhang et al. 2022, arXiv:2205.01068).</summary>
internal sealed class OptFamily : ModelFamily
{
    public override string ModelType => "opt";

    public override string CausalArchitecture => "OPTForCausalLM";

    public override string ScalarArchitecture => "OPTForSequenceClassification";

    public override ParameterNames Names { get; } = new()
    {
        Backbone = "model.decoder",
        TokenEmbedding = "embed_tokens",
        PositionEmbedding = "embed_positions",
        ProjectIn = "project_in",
        ProjectOut = "project_out",
        Layers = "layers",
        FinalNorm = "final_layer_norm",
        AttentionNorm = "self_attn_layer_norm",
        Attention = "self_attn",
        AttentionOutputNorm = "self_attn_layer_norm",
        FeedForwardNorm = "final_layer_norm",
        FeedForwardOutputNorm = "final_layer_norm",
        QueryKeyValue = ["q_proj", "k_proj", "v_proj"],
        AttentionOutput = "out_proj",
        Up = "fc1",
        Down = "fc2",
    };

    // Defaults: transformers' OPTConfig.
    public override ModelConfig Read(ConfigReader json)
    {
        var width = json.Number("hidden_size", json.OptionalNumber("d_model"));
        var heads = json.Number("num_attention_heads");
        var tokenWidth = json.Number("word_embed_proj_dim", width);
        var before = json.Flag("do_layer_norm_before", true);
        var bias = json.Flag("enable_bias", true);
        if (json.Real("layerdrop", 0) != 0)
        {
            json.Problem("layerdrop", "is not 0: layers that are left out at random are not supported");
        }

        return new ModelConfig
        {
            ModelType = ModelType,
            VocabularySize = json.Number("vocab_size"),
            Width = width,
            EmbeddingWidth = tokenWidth == width ? null : tokenWidth,
            Layers = json.Number("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = width / Math.Max(heads, 1),
            InnerWidth = json.Number("ffn_dim"),
            MaxPositions = json.Number("max_position_embeddings", 2048),
            Norm = NormKind.Layer,
            NormWeights = json.Flag("layer_norm_elementwise_affine", true),
            NormPlacement = before ? NormPlacement.Before : NormPlacement.AfterSum,
            FinalNorm = before && !json.Flag("_remove_final_layer_norm", false),
            Positions = PositionKind.Learned,
            PositionOffset = 2,
            Activation = json.Activation("activation_function", "relu"),
            GatedFeedForward = false,
            AttentionBias = bias,
            FeedForwardBias = bias,
            TiedEmbeddings = json.Flag("tie_word_embeddings", true),
            InitializerRange = json.Real("init_std", 0.02),
            AttentionDropout = json.Real("attention_dropout", 0),
            ResidualDropout = json.Real("dropout", 0.1),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        var before = config.NormPlacement == NormPlacement.Before;
        json["_remove_final_layer_norm"] = before && !config.FinalNorm;
        json["activation_function"] = Activations.NameOf(config.Activation);
        json["attention_dropout"] = config.AttentionDropout;
        json["do_layer_norm_before"] = before;
        json["dropout"] = config.ResidualDropout;
        json["enable_bias"] = config.AttentionBias;
        json["ffn_dim"] = config.InnerWidth;
        json["hidden_size"] = config.Width;
        json["init_std"] = config.InitializerRange;
        json["layer_norm_elementwise_affine"] = config.NormWeights;
        json["max_position_embeddings"] = config.MaxPositions;
        json["num_attention_heads"] = config.Heads;
        json["num_hidden_layers"] = config.Layers;
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        json["vocab_size"] = config.VocabularySize;
        json["word_embed_proj_dim"] = config.TokenWidth;
    }
}
