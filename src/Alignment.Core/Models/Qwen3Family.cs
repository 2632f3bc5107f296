using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>Qwen 3: queries and keys are normalised head by head (Yang et al. 2025, arXiv:2505.09388).</summary>
internal sealed class Qwen3Family : QwenFamily
{
    public override string ModelType => "qwen3";

    public override string CausalArchitecture => "Qwen3ForCausalLM";

    public override string ScalarArchitecture => "Qwen3ForSequenceClassification";

    protected override LlamaKeys Keys { get; } = new() { MaxPositions = 32_768, KeyValueHeads = 32, HeadSize = 128 };

    public override ModelConfig Read(ConfigReader json) => base.Read(json) with
    {
        AttentionBias = json.Flag("attention_bias", false),
        QueryKeyNorm = QueryKeyNorm.PerHead,
    };

    public override void Write(ModelConfig config, JsonObject json)
    {
        base.Write(config, json);
        json["attention_bias"] = config.AttentionBias;
    }
}
