using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Gguf;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Gguf;

/// <summary>Small random models of every family that can be written.</summary>
public class GgufFamiliesTests
{
    private const string Shape =
        """ "vocab_size": 40, "hidden_size": 32, "num_hidden_layers": 6, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 48, "max_position_embeddings": 64 """;

    public static TheoryData<string, string, string[]> Families() => new()
    {
        { "llama", "llama", ["attn_k", "attn_norm", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"] },
        { "mistral", "llama", ["attn_k", "attn_norm", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"] },
        { "qwen2", "qwen2", ["attn_k", "attn_norm", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"] },
        { "qwen3", "qwen3", ["attn_k", "attn_k_norm", "attn_norm", "attn_output", "attn_q", "attn_q_norm", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"] },
        { "gemma", "gemma", ["attn_k", "attn_norm", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up"] },
        { "gemma2", "gemma2", ["attn_k", "attn_norm", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up", "post_attention_norm", "post_ffw_norm"] },
        { "gemma3_text", "gemma3", ["attn_k", "attn_k_norm", "attn_norm", "attn_output", "attn_q", "attn_q_norm", "attn_v", "ffn_down", "ffn_gate", "ffn_norm", "ffn_up", "post_attention_norm", "post_ffw_norm"] },
        { "phi3", "phi3", ["attn_norm", "attn_output", "attn_qkv", "ffn_down", "ffn_norm", "ffn_up"] },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Write_Family_HasTheTensorsOfItsArchitecture(string modelType, string architecture, string[] names)
    {
        using var folder = new TemporaryFolder();
        var (file, _) = Write(folder, modelType);
        using (file)
        {
            file.Metadata["general.architecture"].ShouldBe(architecture);
            file.Metadata[$"{architecture}.attention.head_count_kv"].ShouldBe(2u);
            file.Metadata[$"{architecture}.rope.dimension_count"].ShouldBe(file.Metadata[$"{architecture}.attention.key_length"]);
            file.Tensors.Keys.Where(name => name.StartsWith("blk.3.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
                .Select(name => name["blk.3.".Length..^".weight".Length]).ShouldBe(names);
            file.Tensors.ContainsKey("output.weight").ShouldBe(!modelType.StartsWith("gemma", StringComparison.Ordinal)); // Gemma's is the embedding
            file.Tensors.Keys.Where(name => name.EndsWith(".bias", StringComparison.Ordinal)).Count().ShouldBe(modelType == "qwen2" ? 18 : 0); // query, key and value of 6 layers
        }
    }

    [Fact]
    public void Write_Gemma3_AddsOneToNormsAndScalesTheQuerysNorm()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (file, model) = Write(folder, "gemma3_text", """ "head_dim": 16, "query_pre_attn_scalar": 64, "sliding_window": 8, "rope_local_base_freq": 5000 """, fill: true);
        using var opened = file;
        var parameters = ModelWeights.Of(model);

        Largest(file.Load("blk.1.attn_norm.weight") - (parameters["model.layers.1.input_layernorm.weight"] + 1)).ShouldBeLessThan(1e-6f);
        Largest(file.Load("blk.1.ffn_norm.weight") - (parameters["model.layers.1.pre_feedforward_layernorm.weight"] + 1)).ShouldBeLessThan(1e-6f);
        Largest(file.Load("blk.1.attn_k_norm.weight") - (parameters["model.layers.1.self_attn.k_norm.weight"] + 1)).ShouldBeLessThan(1e-6f);

        // The runtimes divide scores by √16, the model by √64.
        Largest(file.Load("blk.1.attn_q_norm.weight") - ((parameters["model.layers.1.self_attn.q_norm.weight"] + 1) * 0.5f)).ShouldBeLessThan(1e-6f);
        Largest(file.Load("blk.1.attn_q.weight") - parameters["model.layers.1.self_attn.q_proj.weight"]).ShouldBe(0);
        file.Metadata["gemma3.attention.sliding_window"].ShouldBe(8u);
        file.Metadata["gemma3.rope.freq_base"].ShouldBe(1e6f);
        file.Metadata["gemma3.rope.freq_base_swa"].ShouldBe(5000f);
    }

    [Fact]
    public void Write_Gemma2_CapsAndScalesTheQueryItself()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (file, model) = Write(folder, "gemma2", """ "head_dim": 8, "query_pre_attn_scalar": 32, "sliding_window": null, "final_logit_softcapping": 20.0 """);
        using var opened = file;

        Largest(file.Load("blk.0.attn_q.weight") - (ModelWeights.Of(model)["model.layers.0.self_attn.q_proj.weight"] * 0.5f)).ShouldBeLessThan(1e-6f);
        file.Metadata["gemma2.attn_logit_softcapping"].ShouldBe(50f);
        file.Metadata["gemma2.final_logit_softcapping"].ShouldBe(20f);
        file.Metadata["gemma2.attention.sliding_window"].ShouldBe(64u); // no window: as wide as the context
    }

    [Fact]
    public void Write_Llama3Scaling_GivesDivisorsByWavelength()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (file, _) = Write(folder, "llama", """ "rope_theta": 10000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32} """);
        using var opened = file;

        // Heads of 8: angles 1, 0.1, 0.01, 0.001, wavelengths 2π, 20π, 200π, 2000π. Kept below 32 / 4 = 8, divided by 8 above 32 / 1 = 32: the first is kept, the others divided.
        file.Load("rope_freqs.weight").data<float>().ToArray().ShouldBe([1f, 8f, 8f, 8f], 1e-5);
        file.Metadata.Keys.ShouldNotContain("llama.rope.scaling.type");
    }

    [Fact]
    public void Write_Yarn_NamesWhatTheRuntimesDoNotDoByThemselves()
    {
        using var folder = new TemporaryFolder();
        var (file, _) = Write(folder, "llama", """ "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "attention_factor": 1.5} """);
        using var opened = file;

        file.Metadata["llama.rope.scaling.type"].ShouldBe("yarn");
        file.Metadata["llama.rope.scaling.factor"].ShouldBe(4f);
        file.Metadata["llama.rope.scaling.original_context_length"].ShouldBe(16u);
        ((float)file.Metadata["llama.rope.scaling.attn_factor"]).ShouldBe((float)(1.5 / (1 + (0.1 * Math.Log(4)))), 1e-6f);
    }

    [Fact]
    public void Write_LongRope_HasBothSetsOfFactors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (file, _) = Write(folder, "phi3", """ "original_max_position_embeddings": 32, "pad_token_id": 0, "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.5, 2.0, 2.5], "long_factor": [1.0, 3.0, 5.0, 7.0]} """);
        using var opened = file;

        file.Load("rope_factors_short.weight").data<float>().ToArray().ShouldBe([1f, 1.5f, 2f, 2.5f], 1e-5);
        file.Load("rope_factors_long.weight").data<float>().ToArray().ShouldBe([1f, 3f, 5f, 7f], 1e-5);
        file.Metadata["phi3.rope.scaling.original_context_length"].ShouldBe(32u);
        ((float)file.Metadata["phi3.rope.scaling.attn_factor"]).ShouldBe((float)Math.Sqrt(1 + (Math.Log(2) / Math.Log(32))), 1e-6f);
        file.Tensors["blk.0.ffn_up.weight"].Shape.ShouldBe([96, 32]);
        file.Tensors["blk.0.attn_qkv.weight"].Shape.ShouldBe([64, 32]);
    }

    [Theory]
    [InlineData("null", 0u)]
    [InlineData("16", 16u)]
    public void Write_Phi3_AlwaysNamesItsWindow(string window, uint expected)
    {
        using var folder = new TemporaryFolder();
        var (file, _) = Write(folder, "phi3", $$""" "pad_token_id": 0, "sliding_window": {{window}} """);
        using var opened = file;

        file.Metadata["phi3.attention.sliding_window"].ShouldBe(expected);
    }

    [Theory]
    [InlineData("mistral", """ "sliding_window": 16 """, "no sliding window for llama: beyond 16 tokens")]
    [InlineData("llama", """ "rope_scaling": {"rope_type": "dynamic", "factor": 2.0} """, "no dynamic rotary scaling: beyond 64 tokens")]
    public void Write_WhatTheRuntimesLeaveOut_IsSaid(string modelType, string more, string remark)
    {
        using var folder = new TemporaryFolder();
        var config = Config(modelType, more);
        GgufExport.Write(folder["x.gguf"], config, GgufSource.Of(ModelFolder.CreateCausalLm(config, 1)), GgufType.F32, "x", []).Single().ShouldContain(remark);
    }

    [Theory]
    [InlineData("phi", """ "rotary_dim": 8 """, "A phi model cannot be written as GGUF; supported are llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3_text, phi3, gpt2")]
    [InlineData("llama", """ "hidden_act": "gelu" """, "its activation is Gelu, the runtimes compute Silu")]
    [InlineData("qwen2", """ "head_dim": 16 """, "its 4 heads of 16 are not its width of 32")]
    [InlineData("gemma", """ "tie_word_embeddings": false """, "its output layer is not its embedding")]
    [InlineData("gemma2", """ "attn_logit_softcapping": null """, "not capped")]
    [InlineData("gemma3_text", """ "sliding_window": 8, "sliding_window_pattern": 2 """, "its layers with a window are others than all but every 6th")]
    [InlineData("qwen3", """ "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32} """, "its rotary scaling is Llama3")]
    [InlineData("llama", """ "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "beta_fast": 16} """, "betas other than 32 and 1")]
    [InlineData("llama", """ "architectures": ["LlamaForSequenceClassification"] """, "it is a LlamaForSequenceClassification, not a language model")]
    public void Write_WhatTheRuntimesCannotDo_IsRefused(string modelType, string more, string message)
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidDataException>(() => GgufExport.Write(folder["x.gguf"], Config(modelType, more), [], GgufType.F32, "x", [])).Message.ShouldContain(message);
    }

    [Fact]
    public void Write_ANameThatLlamaCppTakesForPhi3_IsWrittenOtherwise()
    {
        using var folder = new TemporaryFolder();
        var config = Config("phi3", """ "pad_token_id": 0 """);
        var weights = GgufSource.Of(ModelFolder.CreateCausalLm(config, 1));
        Name("my-Phi-3-tune", ["a"]).ShouldBe("my-phi 3-tune");
        Name("mine", ["</s>", "<unk>", "<s>", "<|endoftext|>"]).ShouldBe("Phi-3 mine");
        Name("phi3", ["</s>", "<unk>", "<s>", "<|endoftext|>"]).ShouldBe("phi3");

        string Name(string name, string[] tokens)
        {
            GgufExport.Write(folder["x.gguf"], config, weights, GgufType.F32, name, [new("tokenizer.ggml.tokens", tokens)]);
            using var file = GgufFile.Open(folder["x.gguf"]);
            return (string)file.Metadata["general.name"];
        }
    }

    private static (GgufFile File, CausalLm Model) Write(TemporaryFolder folder, string modelType, string more = "", bool fill = false)
    {
        var config = Config(modelType, more);
        var model = ModelFolder.CreateCausalLm(config, 1);
        if (fill)
        {
            using var noGrad = no_grad();
            foreach (var (name, parameter) in ModelWeights.Of(model).Where(pair => pair.Key.Contains("norm", StringComparison.Ordinal)))
            {
                parameter.fill_(0.01 * name.Length); // fresh norms are all alike
            }
        }

        GgufExport.Write(folder["x.gguf"], config, GgufSource.Of(model), GgufType.F32, "x", []);
        return (GgufFile.Open(folder["x.gguf"]), model);
    }

    private static ModelConfig Config(string modelType, string more)
    {
        var json = JsonNode.Parse($"{{\"model_type\": \"{modelType}\", {Shape}}}")!.AsObject();
        foreach (var (key, value) in JsonNode.Parse($"{{{more}}}")!.AsObject())
        {
            json[key] = value?.DeepClone();
        }

        return ModelConfig.Parse(json.ToJsonString(), "config.json");
    }

    private static float Largest(Tensor difference) => difference.abs().max().item<float>();
}
