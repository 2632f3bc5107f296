using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Alignment.Core.Models;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Products of rows with a packed weight: each thread takes a run of panels, so that every weight is read once.</summary>
internal static unsafe class PackedProduct
{
    /// <summary>result = x · Wᵀ + b.</summary>
    /// <param name="weight">W and b.</param>
    /// <param name="x">Rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="result">Rows of 32 · panels floats at least.</param>
    /// <param name="stride">From row to row of the result.</param>
    /// <param name="team">Those who share the work.</param>
    /// <param name="part">The caller's part.</param>
    public static void Run(PackedMatrix weight, ActivationRows x, int rows, float* result, nint stride, WorkerTeam team, int part) =>
        Run(weight, x, rows, new Plain(result, stride), team, part);

    /// <summary>result = act(x · Wᵀ + b), or act(gate) · up where the panels hold both.</summary>
    /// <param name="weight">W and b.</param>
    /// <param name="x">Rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="result">Rows of the inner width.</param>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="isGated">Each panel holds sixteen outputs of the gate, then of up.</param>
    /// <param name="team">Those who share the work.</param>
    /// <param name="part">The caller's part.</param>
    public static void Run(PackedMatrix weight, ActivationRows x, int rows, ActivationRows result, ActivationKind activation, bool isGated, WorkerTeam team, int part)
    {
        if (isGated)
        {
            Run(weight, x, rows, new Gated(result, activation), team, part);
        }
        else
        {
            Run(weight, x, rows, new Activated(result, activation), team, part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSink>(PackedMatrix weight, ActivationRows x, int rows, TSink sink, WorkerTeam team, int part)
        where TSink : struct, ISink
    {
        var tile = stackalloc float[(TileKernels.MostRows * PackedMatrix.PanelWidth) + VectorMath.Lanes];
        tile = (float*)(((nint)tile + 63) & ~(nint)63);
        var (from, to) = team.Share(weight.Panels, part);
        var calls = (rows + TileKernels.MostRows - 1) / TileKernels.MostRows;
        for (var panel = from; panel < to; panel++)
        {
            var (left, right) = (Vector512.Load(weight.Bias + (panel * PackedMatrix.PanelWidth)), Vector512.Load(weight.Bias + (panel * PackedMatrix.PanelWidth) + VectorMath.Lanes));
            for (var row = 0; row < rows; row += TileKernels.MostRows)
            {
                var count = Math.Min(TileKernels.MostRows, rows - row);
                var ahead = panel + 1 < to ? weight.Ahead(panel, row / TileKernels.MostRows, calls) : default;
                weight.Multiply(x, row, count, panel, ahead, tile);
                for (var r = 0; r < count; r++)
                {
                    var values = tile + (r * PackedMatrix.PanelWidth);
                    sink.Store(row + r, panel, Vector512.Load(values) + left, Vector512.Load(values + VectorMath.Lanes) + right);
                }
            }
        }
    }

    private interface ISink
    {
        void Store(int row, int panel, Vector512<float> left, Vector512<float> right);
    }

    private readonly struct Plain(float* result, nint stride) : ISink
    {
        public void Store(int row, int panel, Vector512<float> left, Vector512<float> right)
        {
            var place = result + (row * stride) + (panel * PackedMatrix.PanelWidth);
            left.Store(place);
            right.Store(place + VectorMath.Lanes);
        }
    }

    private readonly struct Gated(ActivationRows result, ActivationKind activation) : ISink
    {
        public void Store(int row, int panel, Vector512<float> left, Vector512<float> right) =>
            result.Store(row, panel * VectorMath.Lanes, VectorMath.Activate(activation, left) * right);
    }

    private readonly struct Activated(ActivationRows result, ActivationKind activation) : ISink
    {
        public void Store(int row, int panel, Vector512<float> left, Vector512<float> right)
        {
            result.Store(row, panel * PackedMatrix.PanelWidth, VectorMath.Activate(activation, left));
            result.Store(row, (panel * PackedMatrix.PanelWidth) + VectorMath.Lanes, VectorMath.Activate(activation, right));
        }
    }
}
