using static TorchSharp.torch;

namespace Alignment.Core.Gguf;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its key in the file.</param>
/// <param name="Shape">Outermost first.</param>
/// <param name="Type">The stored type.</param>
/// <param name="Load">Makes the tensor, of any float type, when its turn has come; it is disposed after it was written.</param>
public sealed record GgufTensor(string Name, long[] Shape, GgufType Type, Func<Tensor> Load);
