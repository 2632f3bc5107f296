using Alignment.Core.Models;

namespace Alignment.Core.Tests.Models;

/// <summary>The keys and shapes of Hugging Face's state dicts, written out.</summary>
public class StateDictTests
{
    [Fact]
    public void NamedParameters_OfALlama_AreHuggingFaces()
    {
        using var model = Tiny.Model("llama");

        Keys(model).ShouldBe(
        [
            "lm_head.weight [37, 16]",
            "model.embed_tokens.weight [37, 16]",
            .. Enumerable.Range(0, 2).SelectMany(i => new[]
            {
                $"model.layers.{i}.input_layernorm.weight [16]",
                $"model.layers.{i}.mlp.down_proj.weight [16, 20]",
                $"model.layers.{i}.mlp.gate_proj.weight [20, 16]",
                $"model.layers.{i}.mlp.up_proj.weight [20, 16]",
                $"model.layers.{i}.post_attention_layernorm.weight [16]",
                $"model.layers.{i}.self_attn.k_proj.weight [12, 16]",
                $"model.layers.{i}.self_attn.o_proj.weight [16, 24]",
                $"model.layers.{i}.self_attn.q_proj.weight [24, 16]",
                $"model.layers.{i}.self_attn.v_proj.weight [12, 16]",
            }),
            "model.norm.weight [16]",
        ]);
    }

    [Fact]
    public void NamedParameters_OfALlamaWithBiasesAndTiedOutput_AreHuggingFaces()
    {
        using var model = Alignment.Core.Checkpoints.ModelFolder.CreateCausalLm(Tiny.Llama with { Layers = 1, AttentionBias = true, FeedForwardBias = true, TiedEmbeddings = true }, 1);

        Keys(model).Where(key => key.Contains("bias") || key.StartsWith("lm_head")).ShouldBe(
        [
            "model.layers.0.mlp.down_proj.bias [16]",
            "model.layers.0.mlp.gate_proj.bias [20]",
            "model.layers.0.mlp.up_proj.bias [20]",
            "model.layers.0.self_attn.k_proj.bias [12]",
            "model.layers.0.self_attn.o_proj.bias [16]",
            "model.layers.0.self_attn.q_proj.bias [24]",
            "model.layers.0.self_attn.v_proj.bias [12]",
        ]);
    }

    [Fact]
    public void NamedParameters_OfAGpt2_AreHuggingFaces()
    {
        using var model = Tiny.Model("gpt2");

        Keys(model).ShouldBe(
        [
            .. Enumerable.Range(0, 2).SelectMany(i => new[]
            {
                $"transformer.h.{i}.attn.c_attn.bias [48]",
                $"transformer.h.{i}.attn.c_attn.weight [16, 48]",
                $"transformer.h.{i}.attn.c_proj.bias [16]",
                $"transformer.h.{i}.attn.c_proj.weight [16, 16]",
                $"transformer.h.{i}.ln_1.bias [16]",
                $"transformer.h.{i}.ln_1.weight [16]",
                $"transformer.h.{i}.ln_2.bias [16]",
                $"transformer.h.{i}.ln_2.weight [16]",
                $"transformer.h.{i}.mlp.c_fc.bias [32]",
                $"transformer.h.{i}.mlp.c_fc.weight [16, 32]",
                $"transformer.h.{i}.mlp.c_proj.bias [16]",
                $"transformer.h.{i}.mlp.c_proj.weight [32, 16]",
            }),
            "transformer.ln_f.bias [16]",
            "transformer.ln_f.weight [16]",
            "transformer.wpe.weight [64, 16]",
            "transformer.wte.weight [37, 16]",
        ]);
    }

    [Fact]
    public void StateDict_HasTheKeysOfTheParametersAndNoOther()
    {
        using var model = Tiny.Model("llama");

        model.state_dict().Keys.ShouldBe(model.named_parameters().Select(item => item.name), ignoreOrder: true);
    }

    private static List<string> Keys(CausalLm model) =>
        [.. model.named_parameters().Select(item => $"{item.name} [{string.Join(", ", item.parameter.shape)}]").Order(StringComparer.Ordinal)];
}
