using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

/// <summary>Models over several files.</summary>
public sealed class ShardedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("llama-tiny"));

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float32, 60_000)]
    [InlineData(ScalarType.BFloat16, 30_000)]
    public void Save_LoadAndSaveAgain_GivesTheSameBytes(ScalarType type, long size)
    {
        var options = new SaveOptions { Type = type, MaxShardBytes = size };
        ModelFolder.Save(_model, _folder["one"], options);
        using (var model = ModelFolder.LoadCausalLm(_folder["one"]))
        {
            ModelFolder.Save(model, _folder["two"], options);
        }

        var files = Directory.GetFiles(_folder["one"]).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        files.ShouldBe(["config.json", "generation_config.json", "model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors",
            "model-00003-of-00004.safetensors", "model-00004-of-00004.safetensors", "model.safetensors.index.json"]);
        foreach (var file in files)
        {
            File.ReadAllBytes(_folder["two", file!]).ShouldBe(File.ReadAllBytes(_folder["one", file!]), file);
        }
    }

    [Fact]
    public void Save_Index_IsHuggingFaces()
    {
        ModelFolder.Save(_model, _folder["model"], new() { MaxShardBytes = 60_000 });

        var text = File.ReadAllText(_folder["model", "model.safetensors.index.json"]);
        var index = JsonNode.Parse(text)!;
        var map = index["weight_map"]!.AsObject();
        text.ShouldStartWith("{\n  \"metadata\": {\n    \"total_size\": ");
        index["metadata"]!["total_size"]!.GetValue<long>().ShouldBe(ModelWeights.Of(_model).Values.Sum(tensor => tensor.numel()) * 4);
        map.Select(pair => pair.Key).ShouldBe(ModelWeights.Of(_model).Keys.Order(StringComparer.Ordinal));
        foreach (var shard in map.GroupBy(pair => pair.Value!.GetValue<string>()))
        {
            using var file = SafetensorsFile.Open(_folder["model", shard.Key]);
            file.Entries.Keys.ShouldBe(shard.Select(pair => pair.Key), ignoreOrder: true);
            file.Entries.Values.Sum(entry => entry.ByteCount).ShouldBeLessThanOrEqualTo(60_000);
        }
    }

    [Fact]
    public void Save_TensorLargerThanAShard_HasAFileOfItsOwn()
    {
        ModelFolder.Save(_model, _folder["model"], new() { MaxShardBytes = 1 });

        using var stored = SafetensorsFolder.Open(_folder["model"]);
        stored.Entries.Count.ShouldBe(ModelWeights.Of(_model).Count);
        Directory.GetFiles(_folder["model"], "*.safetensors").Length.ShouldBe(stored.Entries.Count);
    }

    [Fact]
    public void Save_ABitThatTurnsOverInTheLastShard_IsAnErrorAndReplacesNothing()
    {
        Should.Throw<IOException>(() => ModelFolder.Save(_model, _folder["model"], new()
        {
            MaxShardBytes = 60_000,
            CopyTokenizer = folder =>
            {
                using var file = File.OpenWrite(Path.Combine(folder, "model-00004-of-00004.safetensors"));
                file.Seek(-1, SeekOrigin.End);
                file.WriteByte(0x5A);
            },
        })).Message.ShouldContain("not stored as it is");

        Directory.Exists(_folder["model"]).ShouldBeFalse();
    }
}
