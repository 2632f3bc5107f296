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
    private readonly long? _fixedRow;

    /// <param name="source">Gives the parameter.</param>
    /// <param name="name">Key without <c>.weight</c>.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">D.</param>
    /// <param name="fixedRow">A row that takes no gradient from being looked up; null = none.</param>
    public VectorTable(IParameterSource source, string name, long count, long width, long? fixedRow = null)
        : base(nameof(VectorTable))
    {
        _fixedRow = fixedRow;
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
        var rows = indices.reshape(-1);
        var vectors = weight.index_select(0, rows);
        if (_fixedRow is { } row && vectors.requires_grad)
        {
            vectors = where(rows.eq(row).unsqueeze(1), vectors.detach(), vectors);
        }

        return vectors.view(shape).MoveToOuterDisposeScope();
    }

    /// <summary>The same, and the table for an output layer whose gradient takes the vectors' up, see <see cref="TiedTableFunction"/>.</summary>
    /// <param name="indices">[...] Int64.</param>
    /// <returns>[..., D]; [count, D].</returns>
    public (Tensor Vectors, Tensor Table) Share(Tensor indices)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. indices.shape, weight.size(1)];
        var results = TiedTableFunction.apply(weight, indices.reshape(-1), _fixedRow!);
        return (results[0].view(shape).MoveToOuterDisposeScope(), results[1].MoveToOuterDisposeScope());
    }
}
