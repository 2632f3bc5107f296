using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>BERT, an encoder for classification: learned positions, LayerNorm after each block, GELU (Devlin et al. 2018, arXiv:1810.04805).</summary>
internal sealed class BertFamily : ModelFamily
{
    public override string ModelType => "bert";

    public override string CausalArchitecture => "BertModel";

    public override string ScalarArchitecture => "BertForSequenceClassification";

    public override ParameterNames Names { get; } = new()
    {
        Backbone = "bert",
        TokenEmbedding = "embeddings.word_embeddings",
        PositionEmbedding = "embeddings.position_embeddings",
        Layers = "encoder.layer",
        FinalNorm = "embeddings.LayerNorm",
        Attention = "attention.self",
        AttentionNorm = "attention.output.LayerNorm",
        QueryKeyValue = ["query", "key", "value"],
        AttentionOutput = "attention.output.dense",
        FeedForward = "intermediate",
        FeedForwardNorm = "output.LayerNorm",
        Up = "intermediate.dense",
        Down = "output.dense",
    };

    // Defaults: transformers' BertConfig.
    public override ModelConfig Read(ConfigReader json)
    {
        var width = json.Number("hidden_size", 768);
        var heads = json.Number("num_attention_heads", 12);
        var dropout = json.Real("hidden_dropout_prob", 0.1);
        if (heads > 0 && width % heads != 0)
        {
            json.Problem("hidden_size", $"is {width}, which {heads} heads cannot share evenly");
        }

        if (json.Flag("is_decoder", false) || json.Flag("add_cross_attention", false))
        {
            json.Problem("is_decoder", "or 'add_cross_attention' is true: a BERT that generates is not supported");
        }

        if (json.Text("position_embedding_type", "absolute") is not "absolute" and var kind)
        {
            json.Problem("position_embedding_type", $"is '{kind}'; supported is absolute");
        }

        return new ModelConfig
        {
            ModelType = ModelType,
            VocabularySize = json.Number("vocab_size", 30_522),
            Width = width,
            Layers = json.Number("num_hidden_layers", 12),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = width / Math.Max(heads, 1),
            InnerWidth = json.Number("intermediate_size", 3072),
            MaxPositions = json.Number("max_position_embeddings", 512),
            Segments = json.Number("type_vocab_size", 2),
            Norm = NormKind.Layer,
            NormEpsilon = json.Real("layer_norm_eps", 1e-12),
            Positions = PositionKind.Learned,
            Activation = json.Activation("hidden_act", "gelu"),
            GatedFeedForward = false,
            AttentionBias = true,
            FeedForwardBias = true,
            TiedEmbeddings = true,
            InitializerRange = json.Real("initializer_range", 0.02),
            EmbeddingDropout = dropout,
            ResidualDropout = dropout,
            AttentionDropout = json.Real("attention_probs_dropout_prob", 0.1),
            HeadDropout = json.Has("classifier_dropout") ? json.Real("classifier_dropout") : dropout,
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        json["attention_probs_dropout_prob"] = config.AttentionDropout;
        json["classifier_dropout"] = config.HeadDropout == config.ResidualDropout ? null : config.HeadDropout;
        json["hidden_act"] = Activations.NameOf(config.Activation);
        json["hidden_dropout_prob"] = config.ResidualDropout;
        json["hidden_size"] = config.Width;
        json["initializer_range"] = config.InitializerRange;
        json["intermediate_size"] = config.InnerWidth;
        json["layer_norm_eps"] = config.NormEpsilon;
        json["max_position_embeddings"] = config.MaxPositions;
        json["num_attention_heads"] = config.Heads;
        json["num_hidden_layers"] = config.Layers;
        json["type_vocab_size"] = config.Segments;
        json["vocab_size"] = config.VocabularySize;
    }
}
