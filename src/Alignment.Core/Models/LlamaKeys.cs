using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>The keys of <c>config.json</c> that Llama and the families after it share, and the names of their modules.</summary>
/// <remarks>A family says its defaults, those of its class in transformers, as properties.</remarks>
internal sealed record LlamaKeys
{
    /// <summary>Module names of Llama.</summary>
    public static ParameterNames Names { get; } = new()
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
        QueryNorm = "q_norm",
        KeyNorm = "k_norm",
        AttentionOutput = "o_proj",
        Gate = "gate_proj",
        Up = "up_proj",
        Down = "down_proj",
    };

    /// <summary>Default of <c>max_position_embeddings</c>.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Where ε stands.</summary>
    public string EpsilonKey { get; init; } = "rms_norm_eps";

    /// <summary>Default of ε.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Default of <c>num_key_value_heads</c> when the key is absent; null, and where the key is null, as many as heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Default of <c>head_dim</c>; null = width / heads.</summary>
    public int? HeadSize { get; init; }

    /// <summary>Where the nonlinearity stands.</summary>
    public string ActivationKey { get; init; } = "hidden_act";

    /// <summary>Default of the nonlinearity.</summary>
    public string Activation { get; init; } = "silu";

    /// <summary>Default of <c>tie_word_embeddings</c>.</summary>
    public bool Tied { get; init; }

    /// <summary>Reads everything but the rotary keys.</summary>
    public ModelConfig Read(ConfigReader json, string modelType)
    {
        var width = json.Number("hidden_size");
        var heads = json.Number("num_attention_heads");
        return new ModelConfig
        {
            ModelType = modelType,
            VocabularySize = json.Number("vocab_size"),
            Width = width,
            Layers = json.Number("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = json.Number("num_key_value_heads", json.IsNull("num_key_value_heads") ? heads : KeyValueHeads ?? heads),
            HeadSize = json.Number("head_dim", HeadSize ?? (width / Math.Max(heads, 1))),
            InnerWidth = json.Number("intermediate_size"),
            MaxPositions = json.Number("max_position_embeddings", MaxPositions),
            NormEpsilon = json.Real(EpsilonKey, Epsilon),
            Activation = json.Activation(ActivationKey, Activation),
            TiedEmbeddings = json.Flag("tie_word_embeddings", Tied),
            InitializerRange = json.Real("initializer_range", 0.02),
            AttentionDropout = json.Real("attention_dropout", 0),
        };
    }

    /// <summary>Writes everything but the rotary keys.</summary>
    public void Write(ModelConfig config, JsonObject json)
    {
        json["attention_dropout"] = config.AttentionDropout;
        json["head_dim"] = config.HeadSize;
        json[ActivationKey] = Activations.NameOf(config.Activation);
        json["hidden_size"] = config.Width;
        json["initializer_range"] = config.InitializerRange;
        json["intermediate_size"] = config.InnerWidth;
        json["max_position_embeddings"] = config.MaxPositions;
        json["num_attention_heads"] = config.Heads;
        json["num_hidden_layers"] = config.Layers;
        json["num_key_value_heads"] = config.KeyValueHeads;
        json[EpsilonKey] = config.NormEpsilon;
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        json["vocab_size"] = config.VocabularySize;
    }
}
