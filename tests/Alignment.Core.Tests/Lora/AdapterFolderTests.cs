using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Lora;

public sealed class AdapterFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Chain_AnAdapterOnAnAdapter_LoadsBoth()
    {
        using var noGrad = no_grad();
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        var first = Adapted(_folder["base"], seed: 1, "first");
        var second = Adapted(_folder["first"], seed: 2, "second");
        var ids = Tiny.Ids(1, 5);

        using var loaded = ModelFolder.LoadCausalLm(_folder["second"]);

        AdapterFolder.Chain(_folder["second"]).Select(Path.GetFileName).ShouldBe(["second", "first", "base"]);
        Compare.MaxDifference(first.forward(ids), bottom.forward(ids)).ShouldBeGreaterThan(0.1);
        Compare.MaxDifference(loaded.forward(ids), second.forward(ids)).ShouldBeLessThan(1e-4);
        File.ReadAllText(_folder["second", LoraConfig.FileName]).ShouldContain("\"../first\"");
        first.Dispose();
        second.Dispose();
    }

    [Theory]
    [InlineData("run/base/model", "../../base/model")]
    [InlineData("elsewhere", null)]
    public void Save_NamesTheBase_ByTheWayWithinTheRunElseByItsFullPath(string origin, string? named)
    {
        using var bottom = Tiny.Model("llama");
        Directory.CreateDirectory(_folder["run/base"]);
        Directory.CreateDirectory(_folder["run/sft"]);
        ModelFolder.Save(bottom, _folder[origin]);
        using var model = ModelFolder.LoadCausalLm(_folder[origin]);
        model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = _folder[origin] }, seed: 1);

        ModelFolder.Save(model, _folder["run/sft/model"]);

        JsonNode.Parse(File.ReadAllText(_folder["run/sft/model", LoraConfig.FileName]))!["base_model_name_or_path"]!.GetValue<string>().ShouldBe(named ?? _folder[origin]);
        Directory.Move(_folder["run"], _folder["moved"]);
        AdapterFolder.BaseOf(_folder["moved/sft/model"]).ShouldBe(_folder[origin.Replace("run/", "moved/")]);
    }

    [Fact]
    public void LiveAdapter_IsTheMergedModel_WithUpdatesApart()
    {
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        Adapted(_folder["base"], seed: 1, "adapter").Dispose();
        var ids = Tiny.Ids(2, 5);

        using var merged = ModelFolder.LoadCausalLm(_folder["adapter"]);
        using var live = ModelFolder.LoadCausalLm(_folder["adapter"], liveAdapter: true);

        merged.Adapter.ShouldBeNull();
        live.Adapter!.State().Keys.Order().ShouldBe(AdapterFolder.Keys(_folder["adapter"]).Order());
        Compare.MaxDifference(live.forward(ids), merged.forward(ids)).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(ModelWeights.Of(live)["model.embed_tokens.weight"], ModelWeights.Of(bottom)["model.embed_tokens.weight"]).ShouldBe(0);
        using var off = live.Adapter.Disable();
        Compare.MaxDifference(live.forward(ids), bottom.forward(ids)).ShouldBe(0);
    }

    [Fact]
    public void Load_TrainedBiases_TakeThePlaceOfTheBases()
    {
        using var noGrad = no_grad();
        using var bottom = Tiny.Model("gpt2");
        ModelFolder.Save(bottom, _folder["base"]);
        var (a, b) = (randn(2, 16), randn(48, 2));
        var (attention, norm, ofB) = (randn(48), randn(16), randn(16));
        _folder.Write("adapter/" + LoraConfig.FileName, """{"peft_type": "LORA", "r": 2, "lora_alpha": 6, "bias": "all", "lora_bias": true, "target_modules": ["transformer.h.0.attn.c_attn"], "base_model_name_or_path": "../base"}""");
        SafetensorsWriter.Write(_folder["adapter", AdapterFolder.WeightsFile], new Dictionary<string, Tensor>
        {
            ["base_model.model.transformer.h.0.attn.c_attn.lora_A.weight"] = a,
            ["base_model.model.transformer.h.0.attn.c_attn.lora_B.weight"] = b,
            ["base_model.model.transformer.h.0.attn.c_attn.base_layer.bias"] = attention,
            ["base_model.model.transformer.h.0.attn.c_proj.lora_B.bias"] = ofB,
            ["base_model.model.transformer.ln_f.bias"] = norm,
        });

        using var loaded = ModelFolder.LoadCausalLm(_folder["adapter"]);

        var (before, after) = (ModelWeights.Of(bottom), ModelWeights.Of(loaded));
        Compare.MaxDifference(after["transformer.h.0.attn.c_attn.bias"], attention).ShouldBe(0);
        Compare.MaxDifference(after["transformer.ln_f.bias"], norm).ShouldBe(0);
        Compare.MaxDifference(after["transformer.h.0.attn.c_attn.weight"], before["transformer.h.0.attn.c_attn.weight"] + (b.mm(a).t() * 3)).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(after["transformer.h.0.attn.c_proj.bias"], before["transformer.h.0.attn.c_proj.bias"] + (ofB * 3)).ShouldBeLessThan(1e-5); // 6 / 2 = 3
        Compare.MaxDifference(after["transformer.h.1.attn.c_attn.bias"], before["transformer.h.1.attn.c_attn.bias"]).ShouldBe(0);
    }

    [Fact]
    public void ScalarHead_AdapterOfALanguageModel_BringsItsHeadAndItsMoments()
    {
        using var noGrad = no_grad();
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        using var reward = ModelFolder.LoadScalarHead(_folder["base"], seed: 3);
        reward.AddAdapter(new LoraConfig { BaseModel = _folder["base"] }, seed: 1);
        Fill(reward);
        (reward.RewardMean, reward.RewardStd) = (0.5, 2);
        var ids = Tiny.Ids(2, 5);

        ModelFolder.Save(reward, _folder["reward"]);
        using var loaded = ModelFolder.LoadScalarHead(_folder["reward"]);

        Compare.MaxDifference(loaded.Values(ids), reward.Values(ids)).ShouldBeLessThan(1e-5);
        (loaded.RewardMean, loaded.RewardStd).ShouldBe((0.5, 2.0));
        Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder["reward"])).Message.ShouldContain("reward model cannot be used as a policy");
        using var file = SafetensorsFile.Open(_folder["reward", AdapterFolder.WeightsFile]);
        file.Entries.Keys.ShouldContain("base_model.model.score.weight");
    }

    [Fact]
    public void Load_PeftsFolderWithoutConfig_TakesTheBases()
    {
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        Adapted(_folder["base"], seed: 1, "adapter").Dispose();
        File.Delete(_folder["adapter", ModelConfig.FileName]);
        File.Delete(_folder["adapter", GenerationConfigFile.Name]);

        ModelConfig.Load(_folder["adapter"]).Width.ShouldBe(16);
        ModelFolder.StopIds(_folder["adapter"]).ShouldBe([3]);
        ModelFolder.LoadCausalLm(_folder["adapter"]).Dispose();
    }

    [Fact]
    public void Load_ABaseThatIsNotThere_SaysWhereItLooked()
    {
        _folder.Write(LoraConfig.FileName, """{"peft_type": "LORA", "base_model_name_or_path": "Qwen/Qwen2.5-0.5B"}""");

        var error = Should.Throw<DirectoryNotFoundException>(() => ModelFolder.LoadCausalLm(_folder.Path));

        error.Message.ShouldContain("'Qwen/Qwen2.5-0.5B' is not a folder here");
        error.Message.ShouldContain("base_model_name_or_path");
    }

    [Fact]
    public void Load_AChainWithoutEnd_IsRefused()
    {
        _folder.Write(LoraConfig.FileName, """{"peft_type": "LORA", "base_model_name_or_path": "."}""");
        var watch = Stopwatch.StartNew();

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder.Path)).Message.ShouldContain("does not end");
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(1);
    }

    [Fact]
    public void Load_PickledWeights_SaysHowToConvert()
    {
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        _folder.Write("adapter/" + LoraConfig.FileName, """{"peft_type": "LORA", "base_model_name_or_path": "../base"}""");
        _folder.Write("adapter/adapter_model.bin", "");

        Should.Throw<FileNotFoundException>(() => ModelFolder.LoadCausalLm(_folder["adapter"])).Message.ShouldContain("safe_serialization=True");
    }

    [Fact]
    public void Load_KeysThatDoNotFit_AreListed()
    {
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        _folder.Write("adapter/" + LoraConfig.FileName, """{"peft_type": "LORA", "r": 2, "target_modules": ["q_proj"], "base_model_name_or_path": "../base"}""");
        SafetensorsWriter.Write(_folder["adapter", AdapterFolder.WeightsFile], new Dictionary<string, Tensor>
        {
            ["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"] = zeros(3, 16),
            ["base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight"] = zeros(2, 16),
        });

        var error = Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder["adapter"])).Message;

        error.ShouldContain("layers.0.self_attn.q_proj.lora_A.weight is [3, 16], expected [2, 16]");
        error.ShouldContain("layers.0.self_attn.q_proj.lora_B.weight is missing");
        error.ShouldContain("target module model.layers.1.self_attn.q_proj has no update");
        error.ShouldContain("layers.9.self_attn.q_proj.lora_A.weight belongs to no module");
    }

    [Fact]
    public void Load_UpdatesOfEmbeddingAndOutput_AreAddedToThePlainWeights()
    {
        using var noGrad = no_grad();
        using var bottom = Tiny.Model("llama");
        ModelFolder.Save(bottom, _folder["base"]);
        _folder.Write("adapter/" + LoraConfig.FileName, """{"peft_type": "LORA", "r": 2, "lora_alpha": 6, "target_modules": ["embed_tokens", "lm_head"], "base_model_name_or_path": "../base"}""");
        var (tableA, tableB, a, b) = (randn(2, 37), randn(16, 2), randn(2, 16), randn(37, 2));
        SafetensorsWriter.Write(_folder["adapter", AdapterFolder.WeightsFile], new Dictionary<string, Tensor>
        {
            ["base_model.model.model.embed_tokens.lora_embedding_A"] = tableA,
            ["base_model.model.model.embed_tokens.lora_embedding_B"] = tableB,
            ["base_model.model.model.embed_tokens.base_layer.weight"] = ModelWeights.Of(bottom)["model.embed_tokens.weight"],
            ["base_model.model.lm_head.lora_A.weight"] = a,
            ["base_model.model.lm_head.lora_B.weight"] = b,
        });

        using var loaded = ModelFolder.LoadCausalLm(_folder["adapter"]);

        // 6 / 2 = 3
        Compare.MaxDifference(ModelWeights.Of(loaded)["model.embed_tokens.weight"], ModelWeights.Of(bottom)["model.embed_tokens.weight"] + (tableB.mm(tableA).t() * 3)).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(loaded.OutputWeight, bottom.OutputWeight + (b.mm(a) * 3)).ShouldBeLessThan(1e-5);
    }

    private CausalLm Adapted(string folder, long seed, string name)
    {
        var model = ModelFolder.LoadCausalLm(folder);
        model.AddAdapter(new LoraConfig { Rank = 2, BaseModel = folder }, seed);
        Fill(model);
        ModelFolder.Save(model, _folder[name]);
        return model;
    }

    private static void Fill(nn.Module model)
    {
        using var noGrad = no_grad();
        using var generator = new Generator(3);
        foreach (var parameter in model.parameters().Where(parameter => parameter.requires_grad))
        {
            parameter.add_(empty_like(parameter).normal_(0, 0.2, generator));
        }
    }
}
