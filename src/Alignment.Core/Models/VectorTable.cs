using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>One vector per token id or position: row i of the weight [count, D].</summary>
/// <remarks>
/// Not <c>nn.Embedding</c>: in TorchSharp 0.107 <c>Embedding_from_pretrained</c> runs with the given tensor but registers another,
/// random one, and <c>Embedding.weight</c> is a new object at each read.
/// </remarks>
internal sealed class VectorTable : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public VectorTable(IParameterSource source, string name, long count, long width)
        : base(nameof(VectorTable))
    {
        weight = Parameters.Make(source, name + ".weight", [count, width], ParameterInit.Normal);
        RegisterComponents();
    }

    public Parameter Weight => weight;

    /// <param name="indices">[...] Int64.</param>
    /// <returns>[..., D].</returns>
    public override Tensor forward(Tensor indices)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. indices.shape, weight.size(1)];
        return weight.index_select(0, indices.reshape(-1)).view(shape).MoveToOuterDisposeScope();
    }
}
