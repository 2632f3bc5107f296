using System.Text.Json.Nodes;
using Alignment.Core.Gguf;

namespace Alignment.Evaluation.Inspection;

/// <summary>What a GGUF file holds, from its header: no tensor is read.</summary>
public static class GgufInspection
{
    private const int TemplateLinesShown = 3;
    private const int LineShown = 100;

    /// <summary>Looks at a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Sections by name: <c>model</c>, <c>weights</c>, <c>tokenizer</c>; <c>problems</c>, an empty list.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not a GGUF file, or one whose header does not fit its data.</exception>
    public static JsonObject Of(string path)
    {
        using var file = GgufFile.Open(path);
        var architecture = Text(file, "general.architecture");
        return new JsonObject
        {
            ["file"] = path,
            ["model"] = new JsonObject
            {
                ["format"] = $"GGUF, version {file.Version}",
                ["architecture"] = architecture,
                ["name"] = Text(file, "general.name"),
                ["layers"] = Number(file, $"{architecture}.block_count"),
                ["width"] = Number(file, $"{architecture}.embedding_length"),
                ["heads"] = Number(file, $"{architecture}.attention.head_count"),
                ["key_value_heads"] = Number(file, $"{architecture}.attention.head_count_kv"),
                ["context"] = Number(file, $"{architecture}.context_length"),
            },
            ["weights"] = new JsonObject
            {
                ["parameters"] = file.Tensors.Values.Sum(Count),
                ["types"] = new JsonObject(file.Tensors.Values.GroupBy(tensor => tensor.TypeName).OrderBy(type => type.Key, StringComparer.Ordinal)
                    .Select(type => KeyValuePair.Create(type.Key, (JsonNode?)type.Sum(Count)))),
                ["bytes"] = file.Tensors.Values.Sum(tensor => tensor.ByteCount ?? 0),
            },
            ["tokenizer"] = new JsonObject
            {
                ["kind"] = Text(file, "tokenizer.ggml.model"),
                ["words"] = Text(file, "tokenizer.ggml.pre"),
                ["tokens"] = (file.Metadata.GetValueOrDefault("tokenizer.ggml.tokens") as GgufArray)?.Count,
                ["bos"] = Number(file, "tokenizer.ggml.bos_token_id"),
                ["eos"] = Number(file, "tokenizer.ggml.eos_token_id"),
                ["pad"] = Number(file, "tokenizer.ggml.padding_token_id"),
                ["template"] = Text(file, "tokenizer.chat_template") is { } template ? FirstLines(template) : null,
            },
            ["problems"] = new JsonArray(),
        };
    }

    /// <summary>The first lines of a template, none too long.</summary>
    internal static string FirstLines(string template) =>
        string.Join('\n', template.Split('\n').Take(TemplateLinesShown).Select(line => line.Length > LineShown ? line[..LineShown] + "…" : line));

    private static long Count(GgufTensorInfo tensor) => tensor.Shape.Aggregate(1L, (product, size) => product * size);

    private static string? Text(GgufFile file, string key) => file.Metadata.GetValueOrDefault(key) as string;

    private static long? Number(GgufFile file, string key) => file.Metadata.GetValueOrDefault(key) switch
    {
        byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(file.Metadata[key], System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
