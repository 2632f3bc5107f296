using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// A weight [outputs, inputs] laid out for products with few rows: panels of 32 outputs, in each the weights of two neighbouring inputs
/// after the other, so that a product reads memory from front to back once.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Outputs of one panel.</summary>
    public const int PanelWidth = 2 * VectorMath.Lanes;

    private const int BytesAtOnce = 4 << 20;

    private readonly NativeBuffer<byte> _panels;
    private readonly NativeBuffer<float> _bias;
    private readonly bool _isHalf;
    private readonly int _pairs;
    private readonly long _panelBytes;

    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="isHalf">Keep bfloat16 numbers, else float32.</param>
    public PackedMatrix(int outputs, int inputs, bool isHalf)
    {
        Outputs = outputs;
        Inputs = inputs;
        _isHalf = isHalf;
        _pairs = (inputs + 1) / 2;
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        _panelBytes = (long)_pairs * PanelWidth * (isHalf ? sizeof(uint) : 2 * sizeof(float));
        _panels = new NativeBuffer<byte>(Panels * _panelBytes, clear: outputs % PanelWidth != 0 || inputs % 2 != 0, isStreamed: true);
        _bias = new NativeBuffer<float>(Panels * PanelWidth, clear: true);
    }

    /// <summary>Rows of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Columns of the weight.</summary>
    public int Inputs { get; }

    /// <summary>How many times 32 outputs.</summary>
    public int Panels { get; }

    /// <summary>Whether products take rows of bfloat16 numbers, else of floats.</summary>
    public bool TakesHalves => _isHalf && NativeTiles.Exist;

    /// <summary>[<see cref="Panels"/> · 32], zeros where there is none.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>A projection as it is, its low-rank update in it.</summary>
    public static PackedMatrix Of(Projection projection, bool isHalf, WorkerTeam team)
    {
        var packed = new PackedMatrix((int)projection.Outputs, (int)projection.Inputs, isHalf);
        packed.Take(projection, 0, packed.Outputs, static row => row, team);
        return packed;
    }

    /// <summary>Takes rows of a projection and of its bias.</summary>
    /// <param name="projection">From here.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="place">Where a row, counted from the first, goes.</param>
    /// <param name="team">Shares the work.</param>
    public void Take(Projection projection, int from, int count, Func<int, int> place, WorkerTeam team)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = projection.Matrix();
        Take(projection.Lora is { IsOn: true } lora ? lora.Merged(matrix) : matrix, from, count, place, team);
        if (projection.Bias is { } bias)
        {
            TakeBias(bias.narrow(0, from, count), place);
        }
    }

    /// <summary>Takes rows of a weight [.., inputs] of float32.</summary>
    public void Take(Tensor matrix, int from, int count, Func<int, int> place, WorkerTeam team)
    {
        var step = Math.Max(1, BytesAtOnce / (Inputs * sizeof(float)));
        for (var start = 0; start < count; start += step)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var rows = Math.Min(step, count - start);
            var part = matrix.narrow(0, from + start, rows).contiguous();
            fixed (byte* values = part.bytes)
            {
                team.Run(new Packing(this, (float*)values, rows, start, place));
            }
        }
    }

    /// <summary>Takes the bias of rows.</summary>
    public void TakeBias(Tensor bias, Func<int, int> place)
    {
        using var scope = NewDisposeScope();
        var values = bias.detach().contiguous().data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            Bias[place(i)] = values[i];
        }
    }

    /// <summary>tile[r, j] = Σ_k x[row + r, k] · w[32 · panel + j, k], without bias.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="row">The first.</param>
    /// <param name="rows">At most <see cref="TileKernels.MostRows"/>.</param>
    /// <param name="panel">Which.</param>
    /// <param name="ahead">The part of the next panel that is to be fetched meanwhile.</param>
    /// <param name="tile">[rows, 32].</param>
    public void Multiply(ActivationRows x, int row, int rows, int panel, PanelAhead ahead, float* tile)
    {
        if (TakesHalves)
        {
            NativeTiles.Multiply(x.Halves + (row * x.Stride), x.Stride, rows, Panel(panel), _pairs, ahead, tile);
        }
        else
        {
            MultiplyFloats(x, row, rows, panel, ahead, tile);
        }
    }

    /// <summary>The same for rows of floats, whatever the processor has.</summary>
    public void MultiplyFloats(ActivationRows x, int row, int rows, int panel, PanelAhead ahead, float* tile) =>
        TileKernels.Multiply(x.Floats + (row * x.Stride), x.Stride, rows, Panel(panel), _isHalf, _pairs, ahead, tile);

    /// <summary>What a call should fetch of the panel after this one, so that the calls of one panel fetch the next one together.</summary>
    /// <param name="panel">The panel at work.</param>
    /// <param name="call">Which call with it.</param>
    /// <param name="calls">How many there are.</param>
    public PanelAhead Ahead(int panel, int call, int calls)
    {
        var all = (int)(_panelBytes / _pairs / PanelAhead.LineBytes); // lines of one pair
        var each = (all + calls - 1) / calls;
        var done = call * each;
        return done >= all ? default : new PanelAhead(Panel(panel + 1) + ((long)done * _pairs * PanelAhead.LineBytes), Math.Min(each, all - done));
    }

    public void Dispose()
    {
        _panels.Dispose();
        _bias.Dispose();
    }

    private byte* Panel(int panel) => _panels.Pointer + (panel * _panelBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Put(float* values, int output)
    {
        var panel = Panel(output / PanelWidth);
        var lane = output % PanelWidth;
        var whole = Inputs / 2;
        if (_isHalf)
        {
            var words = (uint*)panel + lane;
            var q = 0;
            for (; q + (VectorMath.Lanes / 2) <= whole; q += VectorMath.Lanes / 2)
            {
                // Two neighbours in each 64-bit element become one word in its lower half.
                var halves = VectorMath.ToHalf(Vector512.Load(values + (2 * q))).AsUInt64();
                var pairs = halves | (halves >>> 16);
                for (var i = 0; i < VectorMath.Lanes / 2; i++, words += PanelWidth)
                {
                    *words = (uint)pairs[i];
                }
            }

            for (; q < whole; q++, words += PanelWidth)
            {
                *words = VectorMath.ToHalf(values[2 * q]) | ((uint)VectorMath.ToHalf(values[(2 * q) + 1]) << 16);
            }

            if (whole < _pairs)
            {
                *words = VectorMath.ToHalf(values[2 * whole]);
            }
        }
        else
        {
            var floats = (float*)panel + lane;
            for (var k = 0; k < Inputs; k++, floats += PanelWidth)
            {
                *floats = values[k];
            }
        }
    }

    private sealed class Packing(PackedMatrix matrix, float* values, int rows, int start, Func<int, int> place) : ITeamWork
    {
        public void Run(WorkerTeam team, int part)
        {
            var (from, to) = team.Share(rows, part);
            for (var row = from; row < to; row++)
            {
                matrix.Put(values + ((long)row * matrix.Inputs), place(start + row));
            }
        }
    }
}
