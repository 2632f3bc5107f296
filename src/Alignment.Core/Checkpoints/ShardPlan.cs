using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>Which tensor goes into which file: in the model's order, each file filled up to a size, as huggingface_hub splits a state dict.</summary>
internal sealed class ShardPlan
{
    private readonly long _bytes;

    /// <param name="weights">In the model's order.</param>
    /// <param name="type">Of the stored weights.</param>
    /// <param name="maxBytes">Size that a file may have; a larger tensor gets a file of its own.</param>
    public ShardPlan(IEnumerable<KeyValuePair<string, Tensor>> weights, ScalarType type, long maxBytes)
    {
        var elementSize = SafetensorsEntry.ElementSize(SafetensorsFile.FromScalarType(type));
        var shards = new List<Dictionary<string, Tensor>> { new(StringComparer.Ordinal) };
        var size = 0L;
        foreach (var (name, tensor) in weights)
        {
            var bytes = tensor.numel() * elementSize;
            if (shards[^1].Count > 0 && size + bytes > maxBytes)
            {
                shards.Add(new(StringComparer.Ordinal));
                size = 0;
            }

            shards[^1].Add(name, tensor);
            size += bytes;
            _bytes += bytes;
        }

        Files = shards.Count == 1
            ? [(SafetensorsFolder.SingleFile, shards[0])]
            : [.. shards.Select((shard, i) => ($"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors", shard))];
    }

    /// <summary>Every file with its tensors.</summary>
    public IReadOnlyList<(string Name, Dictionary<string, Tensor> Tensors)> Files { get; }

    /// <summary>Whether an index is needed.</summary>
    public bool IsSharded => Files.Count > 1;

    /// <summary>The content of <see cref="SafetensorsFolder.IndexFile"/>.</summary>
    public JsonObject Index() => new()
    {
        ["metadata"] = new JsonObject { ["total_size"] = _bytes },
        ["weight_map"] = new JsonObject(Files
            .SelectMany(file => file.Tensors.Keys.Select(name => (Name: name, File: file.Name)))
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => KeyValuePair.Create(item.Name, (JsonNode?)item.File))),
    };
}
