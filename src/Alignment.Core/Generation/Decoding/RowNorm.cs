using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Generation.Decoding;

/// <summary>A <see cref="Norm"/> over rows in plain memory.</summary>
internal sealed unsafe class RowNorm : IDisposable
{
    private readonly NormKind _kind;
    private readonly float _epsilon;
    private readonly NativeBuffer<float> _weight; // zeros beyond the width
    private readonly NativeBuffer<float> _bias;

    private RowNorm(Norm norm)
    {
        _kind = norm.Kind;
        _epsilon = (float)norm.Epsilon;
        Width = (int)norm.Width;
        _weight = Copy(norm.Weight, norm.Kind == NormKind.RmsOffset ? 1 : 0, norm.Weight is null ? 1 : 0);
        _bias = Copy(norm.Bias, 0, 0);
    }

    /// <summary>Numbers of a row.</summary>
    public int Width { get; }

    /// <summary>The same norm; null for none.</summary>
    public static RowNorm? Of(Norm? norm) => norm is null ? null : new RowNorm(norm);

    /// <summary>Normalises a row.</summary>
    /// <param name="row">Sixteen numbers at a time are read, those beyond the width do not matter.</param>
    /// <param name="result">Where to; may be the row itself. Nothing is written beyond the width.</param>
    public void Apply(float* row, float* result)
    {
        var (mean, inverse) = Statistics(row);
        var i = 0;
        for (; i + VectorMath.Lanes <= Width; i += VectorMath.Lanes)
        {
            At(row, i, mean, inverse).Store(result + i);
        }

        for (var rest = At(row, i, mean, inverse); i < Width; i++)
        {
            result[i] = rest[i % VectorMath.Lanes];
        }
    }

    /// <summary>Normalises a row of the residual stream for a product.</summary>
    /// <param name="row">Padded with zeros to a multiple of 16.</param>
    /// <param name="results">Where to.</param>
    /// <param name="index">The row there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* row, ActivationRows results, int index)
    {
        var (mean, inverse) = Statistics(row);
        for (var i = 0; i < Width; i += VectorMath.Lanes)
        {
            results.Store(index, i, At(row, i, mean, inverse)); // zeros beyond the width: so are weight and bias there
        }
    }

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }

    private NativeBuffer<float> Copy(Tensor? values, float offset, float absent)
    {
        var buffer = new NativeBuffer<float>(Width + VectorMath.Lanes, clear: true);
        using var scope = NewDisposeScope();
        var given = values?.detach().contiguous().data<float>().ToArray();
        for (var i = 0; i < Width; i++)
        {
            buffer.Pointer[i] = given is null ? absent : given[i] + offset;
        }

        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Mean, float Inverse) Statistics(float* row)
    {
        var mean = 0f;
        if (_kind == NormKind.Layer)
        {
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < Width; i += VectorMath.Lanes)
            {
                sum += Kept(Vector512.Load(row + i), i);
            }

            mean = Vector512.Sum(sum) / Width;
        }

        var squares = Vector512<float>.Zero;
        for (var i = 0; i < Width; i += VectorMath.Lanes)
        {
            var x = Kept(Vector512.Load(row + i) - Vector512.Create(mean), i);
            squares = Vector512.FusedMultiplyAdd(x, x, squares);
        }

        return (mean, 1 / MathF.Sqrt((Vector512.Sum(squares) / Width) + _epsilon));
    }

    // Zeros beyond the width.
    private Vector512<float> Kept(Vector512<float> values, int from) => from + VectorMath.Lanes <= Width
        ? values
        : Vector512.ConditionalSelect(Vector512.LessThan(VectorMath.LaneNumbers, Vector512.Create(Width - from)).AsSingle(), values, Vector512<float>.Zero);

    private Vector512<float> At(float* row, int i, float mean, float inverse) => Vector512.FusedMultiplyAdd(
        (Vector512.Load(row + i) - Vector512.Create(mean)) * inverse, Vector512.Load(_weight.Pointer + i), Vector512.Load(_bias.Pointer + i));
}
