using System.Text.Json.Nodes;
using Alignment.Core.Models;

namespace Alignment.Core.Tests.Models;

public class ModelConfigTests
{
    [Theory]
    [InlineData("llama-tiny")]
    [InlineData("stories260K")]
    [InlineData("gpt2-tiny")]
    public void ToJson_OfAnUnchangedConfig_KeepsTheFileByteForByte(string name)
    {
        var text = File.ReadAllText(Fixture.At(name, "config.json"));

        ModelConfig.Parse(text, "x").ToJson().TrimEnd().ShouldBe(text.TrimEnd());
    }

    [Fact]
    public void ToJson_OfAChange_TouchesThatKeyOnly()
    {
        var before = JsonNode.Parse(File.ReadAllText(Fixture.At("gpt2-tiny", "config.json")))!.AsObject();

        var after = JsonNode.Parse((ModelConfig.Load(Fixture.At("gpt2-tiny")) with { ResidualDropout = 0.25, EosIds = [2, 7] }).ToJson())!.AsObject();

        after["resid_pdrop"]!.GetValue<double>().ShouldBe(0.25);
        after["eos_token_id"]!.ToJsonString().ShouldBe("[2,7]");
        after["task_specific_params"]!["text-generation"]!["do_sample"]!.GetValue<bool>().ShouldBeTrue();
        after.Select(item => item.Key).ShouldBe(before.Select(item => item.Key));
        after.Where(item => !JsonNode.DeepEquals(item.Value, before[item.Key])).Select(item => item.Key).ShouldBe(["eos_token_id", "resid_pdrop"]);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Parse_WhatToJsonWrote_GivesTheSameConfig(string family)
    {
        var config = Tiny.Config(family) with { AttentionDropout = 0.1, EosIds = [3, 4] };

        var read = ModelConfig.Parse(config.ToJson(), "x");

        read.EosIds.ShouldBe(config.EosIds);
        (read with { Document = null, Architecture = null, EosIds = config.EosIds }).ShouldBe(config);
    }

    [Fact]
    public void Parse_Llama_ReadsEveryKnob()
    {
        var config = ModelConfig.Load(Fixture.At("llama-tiny"));

        config.ShouldBe(new ModelConfig
        {
            ModelType = "llama",
            VocabularySize = 173,
            Width = 48,
            Layers = 2,
            Heads = 6,
            KeyValueHeads = 3,
            HeadSize = 8,
            InnerWidth = 80,
            MaxPositions = 64,
            NormEpsilon = 1e-5,
            RotaryBase = 20_000,
            BosId = 1,
            EosIds = config.EosIds,
            PadId = 0,
            Architecture = "LlamaForCausalLM",
            Document = config.Document,
        });
        config.EosIds.ShouldBe([2]);
    }

    [Fact]
    public void Parse_NewerRotaryKey_IsRead()
    {
        var json = Changed(document => document["rope_parameters"] = new JsonObject { ["rope_theta"] = 5e5, ["rope_type"] = "default" }, "rope_theta", "rope_scaling");

        ModelConfig.Parse(json, "x").RotaryBase.ShouldBe(5e5);
    }

    [Fact]
    public void Parse_UnknownArchitecture_NamesItAndTheSupportedOnes()
    {
        var error = Should.Throw<InvalidDataException>(() => ModelConfig.Parse("""{"model_type":"mamba"}""", "folder/config.json"));

        error.Message.ShouldContain("folder/config.json");
        error.Message.ShouldContain("'mamba'");
        error.Message.ShouldContain("llama, gpt2");
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "not valid JSON")]
    [InlineData("""{"model_type":"llama","model_type":"gpt2"}""", "not valid JSON")]
    [InlineData("{}", "no 'model_type'")]
    [InlineData("""{"model_type":"llama"}""", "'hidden_size' is missing")]
    public void Parse_NotAConfig_SaysWhy(string json, string reason)
    {
        Should.Throw<InvalidDataException>(() => ModelConfig.Parse(json, "x")).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("hidden_size", "\"48\"", "'hidden_size' must be a whole number")]
    [InlineData("hidden_size", "4.5", "'hidden_size' must be a whole number")]
    [InlineData("hidden_size", "99999999999", "'hidden_size' must be a whole number")]
    [InlineData("num_hidden_layers", "-1", "layers must be at least 1")]
    [InlineData("num_hidden_layers", "2000000000", "the limit is 10000")]
    [InlineData("num_key_value_heads", "4", "cannot share")]
    [InlineData("hidden_act", "\"tanhish\"", "'tanhish'")]
    [InlineData("attention_bias", "1", "true or false")]
    [InlineData("eos_token_id", "\"x\"", "'eos_token_id'")]
    [InlineData("rope_scaling", """{"rope_type":"spiral","factor":4}""", "'rope_scaling.rope_type' is 'spiral'; supported are default, linear, dynamic, yarn, longrope")]
    [InlineData("rope_scaling", """{"rope_type":"linear"}""", "'rope_scaling.factor' is missing")]
    [InlineData("rope_scaling", """{"rope_type":"linear","factor":0}""", "must be above 0")]
    [InlineData("rope_scaling", """{"rope_type":"longrope","short_factor":[1,2,3],"long_factor":[1,2,3,4]}""", "4 short and long factors, got 3 and 4")]
    [InlineData("rope_scaling", """{"rope_type":"longrope","short_factor":[1,"2"]}""", "'rope_scaling.short_factor' must be a list of numbers")]
    [InlineData("rope_scaling", "4", "'rope_scaling' must be an object")]
    [InlineData("rms_norm_eps", "0", "epsilon")]
    public void Parse_ValueThatMakesNoModel_NamesIt(string key, string value, string reason)
    {
        Should.Throw<InvalidDataException>(() => ModelConfig.Parse(Changed(document => document[key] = JsonNode.Parse(value)), "x")).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("qwen2", "num_hidden_layers", "-1", "layers must be at least 1")]
    [InlineData("qwen2", "num_hidden_layers", "2000000000", "the limit is 10000")]
    [InlineData("qwen2", "sliding_window", "0", "the window must be at least 1")]
    [InlineData("qwen2", "layer_types", """["full_attention","chunked_attention","full_attention"]""", "'layer_types' has 'chunked_attention'; supported are full_attention and sliding_attention")]
    [InlineData("qwen2", "layer_types", """["full_attention"]""", "'layer_types' has 1 entries for 3 layers")]
    [InlineData("qwen2-no-window", "layer_types", """["full_attention","sliding_attention"]""", "names no window")]
    [InlineData("phi3-longrope", "partial_rotary_factor", "0.3", "even number of elements, got 1 of a head size of 4")]
    [InlineData("phi3-longrope", "partial_rotary_factor", "0.5", "longrope needs 1 short and long factors, got 2 and 2")]
    [InlineData("gemma2", "attn_logit_softcapping", "-1", "cap of the scores must be above 0")]
    [InlineData("gemma2", "use_bidirectional_attention", "true", "'use_bidirectional_attention' is true")]
    [InlineData("gemma3-parameters", "rope_parameters", """{"full_attention":{"rope_type":"default"},"sliding_attention":{"rope_type":"yarn","factor":2}}""", "'rope_parameters.sliding_attention.rope_type' is 'yarn'")]
    [InlineData("opt", "layerdrop", "0.1", "'layerdrop' is not 0")]
    [InlineData("opt", "activation_function", "\"swoosh\"", "'activation_function' is 'swoosh'; supported are silu")]
    [InlineData("phi", "tie_word_embeddings", "true", "cannot have a bias")]
    public void Parse_FamilyValueThatMakesNoModel_NamesIt(string name, string key, string value, string reason)
    {
        var document = JsonNode.Parse(File.ReadAllText(Fixture.At("families", name, "config.json")))!.AsObject();
        document[key] = JsonNode.Parse(value);

        var message = Should.Throw<InvalidDataException>(() => ModelConfig.Parse(document.ToJsonString(), "folder/config.json")).Message;

        message.ShouldStartWith("folder/config.json: ");
        message.ShouldContain(reason);
    }

    [Fact]
    public void Problems_OfValuesThatTheFamilyHasNoKeyFor_NamesThem()
    {
        var config = Tiny.Llama with { ParallelBlocks = true, LogitSoftCap = 30 };

        config.Problems().ShouldBe(["a llama cannot have ParallelBlocks = True", "a llama cannot have LogitSoftCap = 30"], ignoreOrder: true);
    }

    // transformers: absent keys take the class's default, null means as many heads, or no window.
    [Fact]
    public void Parse_MissingKeysOfAMistral_TakeTheClasssDefaults()
    {
        var document = JsonNode.Parse(File.ReadAllText(Fixture.At("families", "mistral-no-window", "config.json")))!.AsObject();
        document["num_attention_heads"] = 8;
        document["num_key_value_heads"] = null;
        var given = ModelConfig.Parse(document.ToJsonString(), "x");
        document.Remove("num_key_value_heads");
        document.Remove("sliding_window");
        document.Remove("max_position_embeddings");
        var missing = ModelConfig.Parse(document.ToJsonString(), "x");

        (given.KeyValueHeads, given.Window, given.WindowLayers.Count).ShouldBe((8, null, 0));
        (missing.KeyValueHeads, missing.Window, missing.MaxPositions).ShouldBe((8, 4096, 131_072));
        missing.WindowLayers.ShouldBe([true, true]);
    }

    [Theory]
    [InlineData("llama-linear", 80)] // 32 · 2.5
    [InlineData("llama-dynamic", 24)] // 8 · 3
    [InlineData("llama-yarn", 32)] // 8 · 4, stated
    [InlineData("llama-llama3", 32)]
    [InlineData("phi3-longrope", 32)]
    [InlineData("gemma3", 32)]
    [InlineData("opt", 32)]
    public void ContextLength_IsWhatTheScalingReaches(string name, int expected)
    {
        ModelConfig.Load(Fixture.At("families", name)).ContextLength.ShouldBe(expected);
    }

    [Fact]
    public void Parse_SeveralProblems_ListsThemAll()
    {
        var message = Should.Throw<InvalidDataException>(() => ModelConfig.Parse(Changed(document => document["vocab_size"] = "x", "hidden_size"), "x")).Message;

        message.ShouldContain("'hidden_size' is missing");
        message.ShouldContain("'vocab_size' must be a whole number");
    }

    private static string Changed(Action<JsonObject> change, params string[] removed)
    {
        var document = JsonNode.Parse(File.ReadAllText(Fixture.At("llama-tiny", "config.json")))!.AsObject();
        foreach (var key in removed)
        {
            document.Remove(key);
        }

        change(document);
        return document.ToJsonString();
    }
}
