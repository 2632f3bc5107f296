using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using static TorchSharp.torch;

namespace Alignment.Core.Gguf;

/// <summary>A weight under its Hugging Face name, loaded when it is needed.</summary>
/// <param name="Name">The key, for instance <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Shape">As the model's folder has it.</param>
/// <param name="Load">Makes the tensor, of any float type, in the caller's dispose scope.</param>
public sealed record GgufSource(string Name, long[] Shape, Func<Tensor> Load)
{
    /// <summary>The weights of an open folder, in the order of their names.</summary>
    public static IReadOnlyList<GgufSource> Of(SafetensorsFolder folder) =>
        [.. folder.Entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => new GgufSource(entry.Name, entry.Shape, () => folder.Load(entry.Name)))];

    /// <summary>The parameters of a model, in its own order.</summary>
    public static IReadOnlyList<GgufSource> Of(nn.Module model) =>
        [.. LoraAdapter.FullWeights(model).Select(pair => new GgufSource(pair.Key, pair.Value.shape, () => pair.Value.detach().cpu()))];
}
