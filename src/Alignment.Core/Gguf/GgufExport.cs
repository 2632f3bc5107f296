using System.Text.RegularExpressions;
using Alignment.Core.Models;

namespace Alignment.Core.Gguf;

/// <summary>A model as one GGUF file, which llama.cpp, Ollama and LLamaSharp run.</summary>
public static partial class GgufExport
{
    private static readonly string[] Phi3Tokens = ["</s>", "<unk>", "<s>", "<|endoftext|>"];

    /// <summary>The families that can be written, by their <c>model_type</c>.</summary>
    public static IEnumerable<string> Families => GgufArchitecture.Families;

    /// <summary>Writes the file; see <see cref="GgufWriter"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="config">The model's.</param>
    /// <param name="weights">Under their Hugging Face names.</param>
    /// <param name="type">Of the matrices; norms, biases and learned positions are F32.</param>
    /// <param name="name">What the file calls the model.</param>
    /// <param name="tokenizer">The metadata of the tokenizer, <c>tokenizer.*</c>.</param>
    /// <returns>What the file's runtimes do otherwise than the model, one sentence each.</returns>
    /// <exception cref="InvalidDataException">A family, or a part of its config, that the format's runtimes do not know; weights that do not fit the config or the type.</exception>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old file is untouched.</exception>
    public static IReadOnlyList<string> Write(
        string path, ModelConfig config, IReadOnlyList<GgufSource> weights, GgufType type, string name, IReadOnlyList<KeyValuePair<string, object>> tokenizer)
    {
        var metadata = new GgufMetadata(config, type, NameFor(config, name, tokenizer));
        GgufWriter.Write(path, [.. metadata.Values, .. tokenizer], GgufTensors.From(weights, config, type));
        return metadata.Remarks;
    }

    /// <summary>
    /// llama.cpp takes a name with "phi-3" in it to mean that special tokens take the blanks after them along, as Phi 3's do, and fails
    /// where some of these are not there.
    /// </summary>
    private static string NameFor(ModelConfig config, string name, IReadOnlyList<KeyValuePair<string, object>> tokenizer)
    {
        var tokens = tokenizer.FirstOrDefault(pair => pair.Key == "tokenizer.ggml.tokens").Value as string[] ?? [];
        var isPhi3 = Phi3Tokens.All(tokens.Contains);
        var saysSo = Phi3Name().IsMatch(name);
        return saysSo && !isPhi3 ? Phi3Name().Replace(name, "phi 3")
            : !saysSo && isPhi3 && config.ModelType == "phi3" ? $"Phi-3 {name}"
            : name;
    }

    [GeneratedRegex("phi-?3", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Phi3Name();
}
