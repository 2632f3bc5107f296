using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("llama-tiny", ScalarType.Float32)]
    [InlineData("llama-tiny", ScalarType.BFloat16)]
    [InlineData("gpt2-tiny", ScalarType.Float32)]
    [InlineData("gpt2-tiny", ScalarType.Float16)]
    [InlineData("stories260K", ScalarType.Float32)]
    public void Save_LoadAndSaveAgain_GivesTheSameBytes(string name, ScalarType type)
    {
        using (var model = ModelFolder.LoadCausalLm(Fixture.At(name)))
        {
            ModelFolder.Save(model, _folder["one"], new() { Type = type });
        }

        using (var model = ModelFolder.LoadCausalLm(_folder["one"]))
        {
            ModelFolder.Save(model, _folder["two"], new() { Type = type });
        }

        foreach (var file in new[] { "config.json", "model.safetensors", "generation_config.json" })
        {
            File.ReadAllBytes(_folder["two", file]).ShouldBe(File.ReadAllBytes(_folder["one", file]), file);
        }
    }

    [Fact]
    public void Save_OfAnUnchangedHuggingFaceFolder_GivesItsOwnBytes()
    {
        using var model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));

        ModelFolder.Save(model, _folder["model"]);

        File.ReadAllBytes(_folder["model", "model.safetensors"]).ShouldBe(File.ReadAllBytes(Fixture.At("llama-tiny", "model.safetensors")));
        File.ReadAllText(_folder["model", "config.json"]).TrimEnd().ShouldBe(File.ReadAllText(Fixture.At("llama-tiny", "config.json")).TrimEnd());
        File.ReadAllText(_folder["model", "generation_config.json"]).ShouldBe("{\n  \"bos_token_id\": 1,\n  \"eos_token_id\": 2,\n  \"pad_token_id\": 0\n}\n");
    }

    [Fact]
    public void Save_Tokenizer_LandsInTheFolderAndTheOldFolderGoes()
    {
        using var model = Tiny.Model("llama");
        _folder.Write(Path.Combine("model", "stale.txt"), "old");

        ModelFolder.Save(model, _folder["model"], new()
        {
            CopyTokenizer = folder => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}"),
            GenerationConfig = """{"eos_token_id": 9}"""u8.ToArray(),
        });

        Directory.GetFiles(_folder["model"]).Select(Path.GetFileName).Order().ShouldBe(["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"]);
        ModelFolder.StopIds(_folder["model"]).ShouldBe([9]);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([_folder["model"]]);
    }

    [Fact]
    public void Save_ThatFailsHalfway_KeepsTheOldFolder()
    {
        using var model = Tiny.Model("llama");
        ModelFolder.Save(model, _folder["model"]);
        var before = File.ReadAllBytes(_folder["model", "model.safetensors"]);
        using var other = Tiny.Model("llama", seed: 6);

        Should.Throw<IOException>(() => ModelFolder.Save(other, _folder["model"], new() { CopyTokenizer = _ => throw new IOException("No space left on device") }));

        File.ReadAllBytes(_folder["model", "model.safetensors"]).ShouldBe(before);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([_folder["model"]]);
    }

    [Fact]
    public void Save_WhatDoesNotReadBackTheSame_IsAnErrorAndReplacesNothing()
    {
        using var model = Tiny.Model("llama");

        Should.Throw<IOException>(() => ModelFolder.Save(model, _folder["model"], new()
        {
            CopyTokenizer = folder =>
            {
                using var file = File.OpenWrite(Path.Combine(folder, "model.safetensors")); // one bit turns over on the disk
                file.Seek(-1, SeekOrigin.End);
                file.WriteByte(0x5A);
            },
        })).Message.ShouldContain("not stored as it is");

        Directory.Exists(_folder["model"]).ShouldBeFalse();
    }

    [Fact]
    public void LoadCausalLm_HalfPrecisionFile_BecomesFloat32()
    {
        using var model = Tiny.Model("llama");
        ModelFolder.Save(model, _folder["model"], new() { Type = ScalarType.BFloat16 });

        using var loaded = ModelFolder.LoadCausalLm(_folder["model"]);

        loaded.OutputWeight.dtype.ShouldBe(ScalarType.Float32);
        Compare.MaxDifference(loaded.OutputWeight, model.OutputWeight).ShouldBeInRange(1e-6, 0.01);
        loaded.Config.Document!["torch_dtype"]!.GetValue<string>().ShouldBe("bfloat16");
        loaded.training.ShouldBeFalse();
    }

    [Fact]
    public void LoadCausalLm_Shards_AreTheSameModel()
    {
        File.Copy(Fixture.At("llama-tiny", "config.json"), _folder["config.json"]);
        var map = new JsonObject();
        using (var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors")))
        {
            foreach (var shard in file.Entries.Keys.Order(StringComparer.Ordinal).Chunk(8).Select((names, i) => (names, File: $"model-{i + 1:d5}.safetensors")))
            {
                SafetensorsWriter.Write(_folder[shard.File], shard.names.ToDictionary(name => name, file.Load));
                foreach (var name in shard.names)
                {
                    map[name] = shard.File;
                }
            }
        }

        _folder.Write("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
        using var sharded = ModelFolder.LoadCausalLm(_folder.Path);
        using var whole = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));

        map.Select(item => item.Value!.GetValue<string>()).Distinct().Count().ShouldBeGreaterThan(2);
        Compare.MaxDifference(sharded.forward(Tiny.Ids(1, 5)), whole.forward(Tiny.Ids(1, 5))).ShouldBe(0);
    }

    [Fact]
    public void LoadCausalLm_WeightsOfAnotherModel_ListsEveryKey()
    {
        File.WriteAllText(_folder["config.json"], File.ReadAllText(Fixture.At("llama-tiny", "config.json")).Replace("\"vocab_size\": 173", "\"vocab_size\": 174"));
        using (var file = SafetensorsFile.Open(Fixture.At("llama-tiny", "model.safetensors")))
        {
            var tensors = file.Entries.Keys.Where(name => name != "model.norm.weight").ToDictionary(name => name, file.Load);
            tensors["model.layers.7.extra"] = zeros(1);
            tensors["model.layers.0.input_layernorm.weight"] = zeros(48, dtype: ScalarType.Int64);
            SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
        }

        var message = Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder.Path)).Message;

        message.ShouldContain("1 missing: model.norm.weight");
        message.ShouldContain("1 unexpected: model.layers.7.extra");
        message.ShouldContain("3 not fitting");
        message.ShouldContain("model.embed_tokens.weight is [173, 48], config.json asks for [174, 48]");
        message.ShouldContain("lm_head.weight is [173, 48]");
        message.ShouldContain("input_layernorm.weight is of type I64");
    }

    [Fact]
    public void LoadCausalLm_ConfigOfAHugeModel_TakesNoMemoryBeforeItFails()
    {
        File.WriteAllText(_folder["config.json"], File.ReadAllText(Fixture.At("llama-tiny", "config.json"))
            .Replace("\"hidden_size\": 48", "\"hidden_size\": 2000000004").Replace("\"vocab_size\": 173", "\"vocab_size\": 2000000000"));
        File.Copy(Fixture.At("llama-tiny", "model.safetensors"), _folder["model.safetensors"]);

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder.Path)).Message.ShouldContain("[2000000000, 2000000004]");
    }

    [Fact]
    public void LoadCausalLm_RewardModelsFolder_IsRefused()
    {
        using var model = Tiny.Model("llama");
        ModelFolder.Save(model, _folder["sft"]);
        using var reward = ModelFolder.LoadScalarHead(_folder["sft"]);
        ModelFolder.Save(reward, _folder["reward"]);

        Should.Throw<InvalidDataException>(() => ModelFolder.LoadCausalLm(_folder["reward"])).Message.ShouldContain("LlamaForSequenceClassification");
    }

    [Fact]
    public void StopIds_WithoutGenerationConfig_AreTheConfigs()
    {
        ModelFolder.StopIds(Fixture.At("llama-tiny")).ShouldBe([2]);
    }

    [Fact]
    public void LoadCausalLm_MissingPieces_NameThem()
    {
        Should.Throw<DirectoryNotFoundException>(() => ModelFolder.LoadCausalLm(_folder["none"])).Message.ShouldContain("none");
        File.Copy(Fixture.At("llama-tiny", "model.safetensors"), _folder["model.safetensors"]);
        Should.Throw<FileNotFoundException>(() => ModelFolder.LoadCausalLm(_folder.Path)).Message.ShouldContain("config.json");
    }
}
