using System.Text;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>Writes model folders: aside, read back and compared, renamed.</summary>
internal static class ModelFolderWriter
{
    private const long ComparedAtOnce = 1L << 26;

    /// <param name="model">Its parameters have Hugging Face's names.</param>
    /// <param name="adapter">Its adapter; one that is not merged is written in place of the weights. Null = none.</param>
    /// <param name="config">The model's.</param>
    /// <param name="folder">Replaced as a whole when it exists.</param>
    /// <param name="architecture">The class to name.</param>
    /// <param name="more">Further keys of <c>config.json</c>.</param>
    /// <param name="options">Type, shards, what else goes into the folder.</param>
    public static void Write(nn.Module model, LoraAdapter? adapter, ModelConfig config, string folder, string architecture, JsonObject more, SaveOptions options)
    {
        var typeKey = config.Document?.ContainsKey("dtype") == true && !config.Document.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype";
        more[typeKey] = options.Type switch
        {
            ScalarType.Float32 => "float32",
            ScalarType.BFloat16 => "bfloat16",
            ScalarType.Float16 => "float16",
            var type => throw new ArgumentException($"Weights are stored as Float32, BFloat16 or Float16, not {type}.", nameof(options)),
        };
        var weights = adapter is { IsMerged: false } ? [] : LoraAdapter.FullWeights(model).ToList();
        AtomicFile.WriteFolder(folder, aside =>
        {
            if (adapter is { IsMerged: false })
            {
                AdapterFolder.Write(adapter, config, aside, folder, options.Type);
            }
            else
            {
                WriteWeights(aside, new ShardPlan(weights, options.Type, options.MaxShardBytes), options.Type);
            }

            File.WriteAllBytes(Path.Combine(aside, GenerationConfigFile.Name), options.GenerationConfig ?? GenerationConfigFile.Of(config));
            options.CopyTokenizer?.Invoke(aside);
            if (VocabularyContract.TokenizerHash(aside) is { } hash)
            {
                more[VocabularyContract.TokenizerHashKey] = hash;
            }

            WriteText(aside, ModelConfig.FileName, config.ToJson(architecture, more));
            Compare(aside, config, architecture, weights, options.Type);
        });
    }

    private static void WriteWeights(string folder, ShardPlan plan, ScalarType type)
    {
        foreach (var (name, tensors) in plan.Files)
        {
            SafetensorsWriter.Write(Path.Combine(folder, name), tensors, type);
        }

        if (plan.IsSharded)
        {
            WriteText(folder, SafetensorsFolder.IndexFile, ModelConfig.Format(plan.Index()));
        }
    }

    private static void WriteText(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>The part of a config that record equality compares by value.</summary>
    private static ModelConfig Values(ModelConfig config) => config with { Document = null, Architecture = null, EosIds = [] };

    private static void Compare(string folder, ModelConfig config, string architecture, List<KeyValuePair<string, Tensor>> weights, ScalarType type)
    {
        var read = ModelConfig.Load(folder);
        using var stored = weights.Count == 0 ? null : SafetensorsFolder.Open(folder);
        if (read.Architecture != architecture || Values(read) != Values(config) || !read.EosIds.SequenceEqual(config.EosIds) || (stored?.Entries.Count ?? 0) != weights.Count)
        {
            throw new IOException($"{folder}: what was written reads back as another model.");
        }

        foreach (var (name, weight) in weights)
        {
            using var scope = NewDisposeScope();
            var expected = weight.detach().cpu().to(type).contiguous().view(-1);
            var found = stored!.Load(name).view(-1);
            for (var from = 0L; from < expected.size(0); from += ComparedAtOnce)
            {
                var count = Math.Min(ComparedAtOnce, expected.size(0) - from);
                if (!expected.narrow(0, from, count).bytes.SequenceEqual(found.narrow(0, from, count).bytes))
                {
                    throw new IOException($"{folder}: the tensor '{name}' was not stored as it is; the disk may be failing.");
                }
            }
        }
    }
}
