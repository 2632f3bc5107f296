using Alignment.Core.Checkpoints;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Checkpoints;

/// <summary>Loading takes the memory of the model and of one tensor, whatever the file's type and however many shards it has.</summary>
public sealed class LoadingMemoryTests : IDisposable
{
    private const long Megabyte = 1 << 20;

    private static readonly ModelConfig Config = new()
    {
        ModelType = "llama",
        VocabularySize = 8192,
        Width = 512,
        Layers = 6,
        Heads = 8,
        KeyValueHeads = 8,
        HeadSize = 64,
        InnerWidth = 2048,
        MaxPositions = 64,
        TiedEmbeddings = true,
        EosIds = [1],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_TakesTheModelAndOneTensor()
    {
        // Nothing is disposed of before the end: freed memory stays with the process and would be used again.
        using var scope = NewDisposeScope();
        var models = new List<CausalLm> { ModelFolder.CreateCausalLm(Config, seed: 1) };
        var weights = 4 * models[0].parameters().Sum(parameter => parameter.numel());
        var largest = 4 * models[0].parameters().Max(parameter => parameter.numel());
        foreach (var (type, shard) in new[] { (ScalarType.Float32, 1000), (ScalarType.BFloat16, 20) })
        {
            ModelFolder.Save(models[0], _folder["model"], new() { Type = type, MaxShardBytes = shard * Megabyte });
            GC.Collect();
            ForgetPeak();
            var before = ProcessMemory.Peak();

            models.Add(ModelFolder.LoadCausalLm(_folder["model"]));

            (ProcessMemory.Peak() - before).ShouldBeInRange(weights * 3 / 4, weights + (2 * largest) + (20 * Megabyte), $"{type}, weights of {weights / Megabyte} MB, the largest of {largest / Megabyte} MB");
        }

        models.ForEach(model => model.Dispose());
    }

    /// <summary>Sets this process's peak back to what it holds now (proc(5), clear_refs).</summary>
    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");
}
