using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Gemma 2: norms around each block, a window in every other layer, capped scores and logits (Rivière et al. 2024, arXiv:2408.00118).</summary>
internal sealed class Gemma2Family : ModelFamily
{
    private static readonly LlamaKeys Keys = new()
    {
        MaxPositions = 8192,
        KeyValueHeads = 4,
        HeadSize = 256,
        ActivationKey = "hidden_activation",
        Activation = "gelu_pytorch_tanh",
        Tied = true,
    };

    /// <summary>Module names of Gemma 2 and 3.</summary>
    public static ParameterNames AroundNames { get; } = LlamaKeys.Names with
    {
        AttentionOutputNorm = "post_attention_layernorm",
        FeedForwardNorm = "pre_feedforward_layernorm",
        FeedForwardOutputNorm = "post_feedforward_layernorm",
    };

    public override string ModelType => "gemma2";

    public override string CausalArchitecture => "Gemma2ForCausalLM";

    public override string ScalarArchitecture => "Gemma2ForSequenceClassification";

    public override ParameterNames Names => AroundNames;

    public override ModelConfig Read(ConfigReader json)
    {
        var config = RotaryKeys.Read(ReadShared(json, Keys.Read(json, ModelType)), json, 10_000) with
        {
            ScoreSoftCap = json.IsNull("attn_logit_softcapping") ? null : json.Real("attn_logit_softcapping", 50),
            LogitSoftCap = json.IsNull("final_logit_softcapping") ? null : json.Real("final_logit_softcapping", 30),
        };
        return LayerTypes.Read(config, json, json.IsNull("sliding_window") ? null : json.Number("sliding_window", 4096), layer => layer % 2 == 0);
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        WriteShared(config, json);
        json["attn_logit_softcapping"] = config.ScoreSoftCap;
    }

    /// <summary>What Gemma 2 and 3 have in common.</summary>
    public static ModelConfig ReadShared(ConfigReader json, ModelConfig config)
    {
        json.OnlyFalse("use_bidirectional_attention", "attention in both directions");
        return config with
        {
            Norm = NormKind.RmsOffset,
            NormPlacement = NormPlacement.Around,
            ScaleEmbeddings = true,
            AttentionBias = json.Flag("attention_bias", false),
            ScoreScalar = json.Real("query_pre_attn_scalar", 256),
        };
    }

    /// <summary>Writes it.</summary>
    public static void WriteShared(ModelConfig config, JsonObject json)
    {
        json["attention_bias"] = config.AttentionBias;
        json["final_logit_softcapping"] = config.LogitSoftCap;
        json["query_pre_attn_scalar"] = config.ScoreScalar;
        json["sliding_window"] = config.Window;
        LayerTypes.Write(config, json);
    }
}
