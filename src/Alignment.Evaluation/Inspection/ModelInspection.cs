using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;

namespace Alignment.Evaluation.Inspection;

/// <summary>What a model folder holds, from its small files and the headers of its weights: no tensor is read.</summary>
public static class ModelInspection
{
    private const int ExampleRows = 8;
    private const int ExampleLength = 512;

    private static readonly string[] TemplateFiles = ["chat_template.jinja", "chat_template.json"];

    /// <summary>Looks at a folder. What cannot be read is said under <c>problems</c> and leaves its keys out.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <returns>Sections by name: <c>model</c>, <c>weights</c>, <c>tokenizer</c>, <c>generation</c>, <c>adapter</c>, <c>training</c>, and <c>problems</c>, a list.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static JsonObject Of(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }

        var problems = new JsonArray();
        var report = new JsonObject { ["folder"] = folder };
        ModelConfig? config = null;
        Section("model", () => Model(config = ModelConfig.Load(folder)));
        Section("weights", () => Weights(folder, config));
        Section("tokenizer", () => Tokenizer(folder, config));
        Section("generation", () => Generation(folder));
        Section("adapter", () => AdapterFolder.Is(folder) ? Adapter(folder) : null);
        if (config is not null)
        {
            Section("training", () =>
            {
                ModelFolder.CheckHeaders(folder);
                return Training(config, folder);
            });
        }

        report["loads"] = report.ContainsKey("training");
        report["problems"] = problems;
        return report;

        void Section(string name, Func<JsonObject?> read)
        {
            try
            {
                if (read() is { } section)
                {
                    report[name] = section;
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or FormatException or JsonException)
            {
                if (!problems.Any(known => known!.GetValue<string>() == e.Message))
                {
                    problems.Add(e.Message);
                }
            }
        }
    }

    private static JsonObject Model(ModelConfig config)
    {
        var section = new JsonObject
        {
            ["model_type"] = config.ModelType,
            ["architecture"] = config.Architecture,
            ["layers"] = config.Layers,
            ["width"] = config.Width,
            ["heads"] = config.Heads == config.KeyValueHeads ? $"{config.Heads}" : $"{config.Heads} sharing {config.KeyValueHeads} for keys and values",
            ["context"] = config.ContextLength,
            ["vocabulary"] = config.VocabularySize,
            ["tied_embeddings"] = config.TiedEmbeddings,
        };
        if (config.IsClassifier)
        {
            var labels = LabelSet.Of(config);
            section["labels"] = $"{labels.Count}: {string.Join(", ", labels.Names.Take(8))}{(labels.Count > 8 ? ", …" : "")}";
            section["problem"] = labels.Problem.ToString();
        }

        return section;
    }

    private static JsonObject Weights(string folder, ModelConfig? config)
    {
        using var weights = SafetensorsFolder.Open(AdapterFolder.Chain(folder)[^1]);
        var section = new JsonObject { ["parameters"] = weights.Entries.Values.Sum(Count) };
        if (config is not null)
        {
            section["parts"] = new JsonObject(weights.Entries.Values.GroupBy(entry => PartOf(entry.Name))
                .OrderBy(part => part.Key, StringComparer.Ordinal)
                .Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Sum(Count))));
        }

        section["types"] = new JsonObject(weights.Entries.Values.GroupBy(entry => entry.Type).OrderBy(type => type.Key)
            .Select(type => KeyValuePair.Create(type.Key.ToString(), (JsonNode?)type.Sum(Count))));
        section["bytes"] = weights.Entries.Values.Sum(entry => entry.ByteCount);
        section["files"] = weights.FileCount;
        return section;

        static long Count(SafetensorsEntry entry) => entry.Shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>The part of a model that a key belongs to, in any family's naming.</summary>
    private static string PartOf(string name) =>
        name.Split('.') is var steps && steps.Any(step => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? "layers"
        : name.Contains("embed", StringComparison.Ordinal) && !name.StartsWith("embed_out", StringComparison.Ordinal) || steps.Any(step => step is "wte" or "wpe") ? "embeddings"
        : steps[0] is "lm_head" or "embed_out" or "score" or "classifier" or "cls" ? "head"
        : "other";

    private static JsonObject Tokenizer(string folder, ModelConfig? config)
    {
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder));
        var from = tokenizer.Folder;
        var section = new JsonObject { ["tokens"] = tokenizer.VocabularySize };
        if (config is not null)
        {
            VocabularyContract.Check(config, tokenizer.VocabularySize, folder);
            section["unused_rows"] = config.VocabularySize - tokenizer.VocabularySize;
        }

        section["bos"] = tokenizer.BosId is { } bos ? $"{tokenizer.TokenText(bos)} ({bos}{(tokenizer.AddsBos ? ", begins every text" : "")})" : null;
        section["eos"] = tokenizer.HasEos ? $"{tokenizer.TokenText(tokenizer.EosId)} ({tokenizer.EosId})" : null;
        section["pad"] = $"{tokenizer.TokenText(tokenizer.PadId)} ({tokenizer.PadId})";
        section["files"] = string.Join(", ", Directory.GetFiles(from).Select(file => Path.GetFileName(file)!)
            .Where(file => file.Contains("token", StringComparison.Ordinal) || file is "vocab.json" or "merges.txt" or "vocab.txt" || TemplateFiles.Contains(file)).Order(StringComparer.Ordinal));
        section["template"] = Template(from);
        return section;
    }

    /// <summary>The first lines of the folder's own template; null where it ships none.</summary>
    private static string? Template(string folder)
    {
        var jinja = Path.Combine(folder, TemplateFiles[0]);
        var config = Path.Combine(folder, "tokenizer_config.json");
        var text = File.Exists(jinja) ? File.ReadAllText(jinja)
            : File.Exists(config) && JsonNode.Parse(File.ReadAllText(config)) is JsonObject json && json["chat_template"] is JsonValue value && value.TryGetValue<string>(out var inline) ? inline
            : null;
        return text is null ? null : GgufInspection.FirstLines(text);
    }

    private static JsonObject? Generation(string folder) => AdapterFolder.FindFile(folder, GenerationConfigFile.Name) is { } path
        ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new InvalidDataException($"{path}: the file is not an object.")
        : null;

    private static JsonObject Adapter(string folder)
    {
        var adapter = LoraConfig.Load(folder);
        return new JsonObject
        {
            ["base"] = AdapterFolder.BaseOf(folder),
            ["rank"] = adapter.Rank,
            ["alpha"] = adapter.Alpha,
            ["dora"] = adapter.Dora,
            ["targets"] = adapter.Targets is null ? null : string.Join(", ", adapter.Targets.Names),
            ["saved_whole"] = adapter.ModulesToSave.Count == 0 ? null : string.Join(", ", adapter.ModulesToSave),
        };
    }

    /// <summary>The memory that training takes on a batch of common size: every weight, an adapter, an adapter on NF4 weights.</summary>
    private static JsonObject Training(ModelConfig config, string folder)
    {
        var shape = new TrainingShape { Rows = ExampleRows, Length = Math.Min(ExampleLength, config.ContextLength), ScalarHead = config.IsClassifier || config.IsEncoder };
        var full = MemoryEstimate.Training(config, shape);
        var adapter = shape with { Lora = new LoraOptions().ToConfig(folder) };
        return new JsonObject
        {
            ["as"] = config.IsEncoder ? "a classifier, by the sft stage's 'classification' options" : null,
            ["for"] = string.Create(CultureInfo.InvariantCulture, $"{shape.Rows} sequences of {shape.Length} tokens, AdamW, float32, no checkpointing"),
            ["trained_parameters"] = full.TrainedParameters,
            ["full_bytes"] = full.Total,
            ["lora_bytes"] = MemoryEstimate.Training(config, adapter).Total,
            ["qlora_bytes"] = MemoryEstimate.Training(config, adapter with { Quantization = Quantization.Nf4 }).Total,
        };
    }
}
