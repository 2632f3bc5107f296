namespace Alignment.Core.Models;

/// <summary>Qwen 2 and 2.5: biases on query, key and value only (Yang et al. 2024, arXiv:2407.10671).</summary>
internal sealed class Qwen2Family : QwenFamily
{
    public override string ModelType => "qwen2";

    public override string CausalArchitecture => "Qwen2ForCausalLM";

    public override string ScalarArchitecture => "Qwen2ForSequenceClassification";

    protected override LlamaKeys Keys { get; } = new() { MaxPositions = 32_768, KeyValueHeads = 32 };

    public override ModelConfig Read(ConfigReader json) => base.Read(json) with { AttentionBias = true, AttentionOutputBias = false };
}
