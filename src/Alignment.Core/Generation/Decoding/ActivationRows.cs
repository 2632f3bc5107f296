using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Rows that a product reads: of floats, or of bfloat16 numbers where the processor multiplies those. What lies beyond a row's width is 0.</summary>
internal sealed unsafe class ActivationRows : IDisposable
{
    private readonly NativeBuffer<float>? _floats;
    private readonly NativeBuffer<ushort>? _halves;

    /// <param name="rows">Most rows.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="asHalves">Keep bfloat16 numbers.</param>
    public ActivationRows(int rows, int width, bool asHalves)
    {
        Stride = (width + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth * PackedMatrix.PanelWidth;
        if (asHalves)
        {
            _halves = new NativeBuffer<ushort>(rows * Stride, clear: true);
        }
        else
        {
            _floats = new NativeBuffer<float>(rows * Stride, clear: true);
        }
    }

    /// <summary>From row to row, in numbers; a multiple of 32.</summary>
    public nint Stride { get; }

    /// <summary>The first row where rows are floats.</summary>
    public float* Floats => _floats is null ? null : _floats.Pointer;

    /// <summary>The first row where rows are bfloat16 numbers.</summary>
    public ushort* Halves => _halves is null ? null : _halves.Pointer;

    /// <summary>Writes sixteen numbers of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int row, int column, Vector512<float> values)
    {
        if (_halves is not null)
        {
            var halves = VectorMath.ToHalf(values);
            Vector256.Narrow(halves.GetLower(), halves.GetUpper()).Store(_halves.Pointer + (row * Stride) + column);
        }
        else
        {
            values.Store(_floats!.Pointer + (row * Stride) + column);
        }
    }

    /// <summary>Writes a few numbers of a row.</summary>
    public void Store(int row, int column, ReadOnlySpan<float> values)
    {
        var i = 0;
        for (; i + VectorMath.Lanes <= values.Length; i += VectorMath.Lanes)
        {
            Store(row, column + i, Vector512.Create(values[i..]));
        }

        for (; i < values.Length; i++)
        {
            var place = (row * Stride) + column + i;
            if (_halves is not null)
            {
                _halves.Pointer[place] = VectorMath.ToHalf(values[i]);
            }
            else
            {
                _floats!.Pointer[place] = values[i];
            }
        }
    }

    public void Dispose()
    {
        _floats?.Dispose();
        _halves?.Dispose();
    }
}
