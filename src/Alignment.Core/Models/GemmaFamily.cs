using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Gemma: Llama with scaled embeddings, norms stored as offsets from 1, GeGLU (Mesnard et al. 2024, arXiv:2403.08295).</summary>
internal sealed class GemmaFamily : ModelFamily
{
    private const string Newer = "hidden_activation";

    private static readonly LlamaKeys Keys = new() { MaxPositions = 8192, KeyValueHeads = 16, HeadSize = 256, Activation = "gelu_pytorch_tanh", Tied = true };

    public override string ModelType => "gemma";

    public override string CausalArchitecture => "GemmaForCausalLM";

    public override string ScalarArchitecture => "GemmaForSequenceClassification";

    public override ParameterNames Names => LlamaKeys.Names;

    public override ModelConfig Read(ConfigReader json)
    {
        json.OnlyFalse("use_bidirectional_attention", "attention in both directions");
        var config = RotaryKeys.Read(Keys.Read(json, ModelType), json, 10_000);

        return config with
        {
            Activation = json.Activation(json.Has(Newer) ? Newer : "hidden_act", "gelu_pytorch_tanh"),
            Norm = NormKind.RmsOffset,
            ScaleEmbeddings = true,
            AttentionBias = json.Flag("attention_bias", false),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Keys.Write(config, json);
        RotaryKeys.Write(config, json);
        json["attention_bias"] = config.AttentionBias;
    }
}
