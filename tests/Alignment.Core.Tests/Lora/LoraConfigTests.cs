using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;

namespace Alignment.Core.Tests.Lora;

public sealed class LoraConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ReadsPeftsKeys()
    {
        var config = Load("""
            {"peft_type": "LORA", "r": 4, "lora_alpha": 6, "lora_dropout": 0.05, "use_rslora": true, "target_modules": ["q_proj"], "exclude_modules": "model.layers.0.*",
             "modules_to_save": ["lm_head"], "rank_pattern": {"k_proj": 9}, "alpha_pattern": {"layers.1.self_attn.q_proj": 5}, "bias": "none",
             "base_model_name_or_path": "base", "task_type": "CAUSAL_LM", "megatron_core": "megatron.core", "eva_config": null, "loftq_config": {},
             "layers_to_transform": null, "trainable_token_indices": null, "lora_bias": false, "runtime_config": {"ephemeral_gpu_offload": false}}
            """);

        config.Rank.ShouldBe(4);
        config.Dropout.ShouldBe(0.05);
        config.ModulesToSave.ShouldBe(["lm_head"]);
        config.Targets!.Include("model.layers.1.self_attn.q_proj", false).ShouldBeTrue();
        config.Targets.Include("model.layers.0.self_attn.q_proj", false).ShouldBeFalse();
        config.RankOf("model.layers.1.self_attn.k_proj").ShouldBe(9);
        config.ScalingOf("model.layers.0.self_attn.q_proj").ShouldBe(3); // 6 / √4
        config.ScalingOf("model.layers.1.self_attn.q_proj").ShouldBe(2.5); // 5 / √4
        config.ScalingOf("model.layers.1.self_attn.k_proj").ShouldBe(2); // 6 / √9
    }

    [Fact]
    public void ToJson_ReadsBackAsTheSame()
    {
        var config = new LoraConfig
        {
            Rank = 3,
            Alpha = 4.5,
            Dropout = 0.1,
            Dora = true,
            Targets = new TargetModules(["q_proj", "v_proj"], false),
            ModulesToSave = ["score"],
            RankPattern = new Dictionary<string, int> { ["v_proj"] = 2 },
            BaseModel = "../base",
            TaskType = "SEQ_CLS",
        };
        var text = config.ToJson(transposed: true);

        var read = Load(text);

        read.ToJson(transposed: true).ShouldBe(text);
        JsonNode.Parse(text)!["fan_in_fan_out"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"peft_type": "IA3"}""", "'peft_type' is IA3")]
    [InlineData("""{"peft_type": "ADALORA", "target_r": 8}""", "'peft_type' is ADALORA")]
    [InlineData("""{}""", "'peft_type' is missing")]
    [InlineData("""{"peft_type": "LORA", "bias": "some"}""", "'bias' is some")]
    [InlineData("""{"peft_type": "LORA", "kasa_config": {"beta": 1}}""", "'kasa_config' is set")]
    [InlineData("""{"peft_type": "LORA", "trainable_token_indices": [3]}""", "'trainable_token_indices' is set")]
    [InlineData("""{"peft_type": "LORA", "init_lora_weights": "pissa"}""", "'init_lora_weights' is pissa")]
    [InlineData("""{"peft_type": "LORA", "task_type": "SEQ_2_SEQ_LM"}""", "'task_type' is SEQ_2_SEQ_LM")]
    [InlineData("""{"peft_type": "LORA", "r": 0}""", "rank 'r' is 0")]
    [InlineData("""{"peft_type": "LORA", "r": "x"}""", "'r' is \"x\"")]
    [InlineData("""{"peft_type": "LORA", "rank_pattern": {"q": 1e30}}""", "rank 'q'")]
    [InlineData("""{"peft_type": "LORA", "target_modules": [1]}""", "'target_modules' is [1]")]
    [InlineData("""[]""", "not valid JSON")]
    [InlineData("""{"r": 1, "r": 2}""", "not valid JSON")]
    public void Load_WhatIsNotSupported_IsNamed(string json, string message) =>
        Should.Throw<InvalidDataException>(() => Load(json)).Message.ShouldContain(message);

    [Fact]
    public void Find_APatternThatRunsAway_IsRefusedInTime()
    {
        var config = Load("""{"peft_type": "LORA", "rank_pattern": {"(a+)+b": 1}}""");
        var watch = Stopwatch.StartNew();

        Should.Throw<InvalidDataException>(() => config.RankOf(new string('a', 40))).Message.ShouldContain("takes too long");

        watch.Elapsed.TotalSeconds.ShouldBeLessThan(1);
    }

    [Fact]
    public void Load_AFileThatIsNoRegularExpression_IsNamed() =>
        Should.Throw<InvalidDataException>(() => Load("""{"peft_type": "LORA", "target_modules": "q_proj("}""").Targets!.Include("q_proj", false)).Message.ShouldContain("not a regular expression");

    private LoraConfig Load(string json)
    {
        _folder.Write(LoraConfig.FileName, json);
        return LoraConfig.Load(_folder.Path);
    }
}
