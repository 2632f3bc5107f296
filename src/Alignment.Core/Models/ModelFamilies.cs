namespace Alignment.Core.Models;

/// <summary>The families of decoders that can be read and built.</summary>
internal static class ModelFamilies
{
    private static readonly ModelFamily[] All =
    [
        new LlamaFamily(), new Gpt2Family(), new MistralFamily(), new Qwen2Family(), new Qwen3Family(), new PhiFamily(), new Phi3Family(), new GemmaFamily(),
        new Gemma2Family(), new Gemma3Family(), new GptNeoxFamily(), new OptFamily(), new Olmo2Family(), new BertFamily(),
    ];

    /// <summary>The supported <c>model_type</c> values, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(family => family.ModelType));

    /// <exception cref="InvalidDataException">Unknown; names the supported ones.</exception>
    public static ModelFamily Find(string modelType, string source) =>
        All.FirstOrDefault(family => family.ModelType == modelType)
        ?? throw new InvalidDataException($"{source}: the architecture '{modelType}' is not supported. Supported: {Names}.");
}
