using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// Products of a few rows with one panel of a <see cref="PackedMatrix"/>. Every number of a tile is one chain of sums over k in ascending
/// order, whatever the number of rows: a row's result does not depend on its neighbours.
/// Compiled in full at once: the first responses would else run through code without vectors.
/// </summary>
internal static unsafe class TileKernels
{
    /// <summary>Most rows of one call.</summary>
    public const int MostRows = 8;

    /// <summary>Whether this processor has the vectors and the fused products that decoding is written for: AVX-512, or AVX2 with FMA.</summary>
    public static bool AreFast => Vector512.IsHardwareAccelerated || (Vector256.IsHardwareAccelerated && Fma.IsSupported);

    /// <summary>tile[r, j] = Σ_k x[r, k] · w[j, k].</summary>
    /// <param name="x">Rows of floats.</param>
    /// <param name="stride">From row to row, in floats.</param>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="panel">32 columns.</param>
    /// <param name="isHalf">The panel holds bfloat16 numbers.</param>
    /// <param name="pairs">Half of the k.</param>
    /// <param name="ahead">Memory to bring near meanwhile.</param>
    /// <param name="tile">[rows, 32].</param>
    public static void Multiply(float* x, nint stride, int rows, byte* panel, bool isHalf, int pairs, PanelAhead ahead, float* tile)
    {
        if (isHalf)
        {
            Multiply<HalfPairs>(x, stride, rows, panel, pairs, ahead, tile);
        }
        else
        {
            Multiply<FloatPairs>(x, stride, rows, panel, pairs, ahead, tile);
        }
    }

    private static void Multiply<TWeights>(float* x, nint stride, int rows, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Narrow<TWeights>(x, stride, rows, panel, pairs, ahead, tile);
            return;
        }

        if (rows == 8)
        {
            Eight<TWeights>(x, stride, panel, pairs, ahead, tile);
            return;
        }

        for (; rows >= 4; rows -= 4, x += 4 * stride, tile += 4 * PackedMatrix.PanelWidth, ahead = default)
        {
            Four<TWeights>(x, stride, panel, pairs, ahead, tile);
        }

        for (; rows > 0; rows--, x += stride, tile += PackedMatrix.PanelWidth, ahead = default)
        {
            One<TWeights>(x, panel, pairs, ahead, tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<TWeights>(float* x, nint stride, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        var y = x + (4 * stride);
        for (var q = 0; q < pairs; q++, x += 2, y += 2, panel += TWeights.Bytes)
        {
            Fetch(ahead, q);
            var left = TWeights.Load(panel, 0);
            var right = TWeights.Load(panel, 1);
            Step(x[0], left, right, ref a0, ref b0);
            Step(x[stride], left, right, ref a1, ref b1);
            Step(x[2 * stride], left, right, ref a2, ref b2);
            Step(x[3 * stride], left, right, ref a3, ref b3);
            Step(y[0], left, right, ref a4, ref b4);
            Step(y[stride], left, right, ref a5, ref b5);
            Step(y[2 * stride], left, right, ref a6, ref b6);
            Step(y[3 * stride], left, right, ref a7, ref b7);
            left = TWeights.Load(panel, 2);
            right = TWeights.Load(panel, 3);
            Step(x[1], left, right, ref a0, ref b0);
            Step(x[stride + 1], left, right, ref a1, ref b1);
            Step(x[(2 * stride) + 1], left, right, ref a2, ref b2);
            Step(x[(3 * stride) + 1], left, right, ref a3, ref b3);
            Step(y[1], left, right, ref a4, ref b4);
            Step(y[stride + 1], left, right, ref a5, ref b5);
            Step(y[(2 * stride) + 1], left, right, ref a6, ref b6);
            Step(y[(3 * stride) + 1], left, right, ref a7, ref b7);
        }

        Store(tile, a0, b0);
        Store(tile + 32, a1, b1);
        Store(tile + 64, a2, b2);
        Store(tile + 96, a3, b3);
        Store(tile + 128, a4, b4);
        Store(tile + 160, a5, b5);
        Store(tile + 192, a6, b6);
        Store(tile + 224, a7, b7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TWeights>(float* x, nint stride, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        for (var q = 0; q < pairs; q++, x += 2, panel += TWeights.Bytes)
        {
            Fetch(ahead, q);
            var left = TWeights.Load(panel, 0);
            var right = TWeights.Load(panel, 1);
            Step(x[0], left, right, ref a0, ref b0);
            Step(x[stride], left, right, ref a1, ref b1);
            Step(x[2 * stride], left, right, ref a2, ref b2);
            Step(x[3 * stride], left, right, ref a3, ref b3);
            left = TWeights.Load(panel, 2);
            right = TWeights.Load(panel, 3);
            Step(x[1], left, right, ref a0, ref b0);
            Step(x[stride + 1], left, right, ref a1, ref b1);
            Step(x[(2 * stride) + 1], left, right, ref a2, ref b2);
            Step(x[(3 * stride) + 1], left, right, ref a3, ref b3);
        }

        Store(tile, a0, b0);
        Store(tile + 32, a1, b1);
        Store(tile + 64, a2, b2);
        Store(tile + 96, a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TWeights>(float* x, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        Vector512<float> a = default, b = default;
        for (var q = 0; q < pairs; q++, x += 2, panel += TWeights.Bytes)
        {
            Fetch(ahead, q);
            Step(x[0], TWeights.Load(panel, 0), TWeights.Load(panel, 1), ref a, ref b);
            Step(x[1], TWeights.Load(panel, 2), TWeights.Load(panel, 3), ref a, ref b);
        }

        Store(tile, a, b);
    }

    // With vectors of eight: half as many registers of half the size, so four rows of sixteen columns at once. The chains of sums are the same.
    private static void Narrow<TWeights>(float* x, nint stride, int rows, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        for (; rows >= 4; rows -= 4, x += 4 * stride, tile += 4 * PackedMatrix.PanelWidth, ahead = default)
        {
            FourNarrow<TWeights>(x, stride, panel, pairs, 0, ahead, tile);
            FourNarrow<TWeights>(x, stride, panel, pairs, 2, default, tile + VectorMath.Lanes);
        }

        for (; rows > 0; rows--, x += stride, tile += PackedMatrix.PanelWidth, ahead = default)
        {
            OneNarrow<TWeights>(x, panel, pairs, ahead, tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourNarrow<TWeights>(float* x, nint stride, byte* panel, int pairs, int eight, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default;
        for (var q = 0; q < pairs; q++, x += 2, panel += TWeights.Bytes)
        {
            Fetch(ahead, q);
            var left = TWeights.LoadFirst(panel, eight);
            var right = TWeights.LoadFirst(panel, eight + 1);
            Step(x[0], left, right, ref a0, ref b0);
            Step(x[stride], left, right, ref a1, ref b1);
            Step(x[2 * stride], left, right, ref a2, ref b2);
            Step(x[3 * stride], left, right, ref a3, ref b3);
            left = TWeights.LoadSecond(panel, eight);
            right = TWeights.LoadSecond(panel, eight + 1);
            Step(x[1], left, right, ref a0, ref b0);
            Step(x[stride + 1], left, right, ref a1, ref b1);
            Step(x[(2 * stride) + 1], left, right, ref a2, ref b2);
            Step(x[(3 * stride) + 1], left, right, ref a3, ref b3);
        }

        Store(tile, a0, b0);
        Store(tile + 32, a1, b1);
        Store(tile + 64, a2, b2);
        Store(tile + 96, a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneNarrow<TWeights>(float* x, byte* panel, int pairs, PanelAhead ahead, float* tile)
        where TWeights : struct, IWeightPairs
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (var q = 0; q < pairs; q++, x += 2, panel += TWeights.Bytes)
        {
            Fetch(ahead, q);
            Step(x[0], TWeights.LoadFirst(panel, 0), TWeights.LoadFirst(panel, 1), ref a, ref b);
            Step(x[0], TWeights.LoadFirst(panel, 2), TWeights.LoadFirst(panel, 3), ref c, ref d);
            Step(x[1], TWeights.LoadSecond(panel, 0), TWeights.LoadSecond(panel, 1), ref a, ref b);
            Step(x[1], TWeights.LoadSecond(panel, 2), TWeights.LoadSecond(panel, 3), ref c, ref d);
        }

        Store(tile, a, b);
        Store(tile + VectorMath.Lanes, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float x, Vector256<float> left, Vector256<float> right, ref Vector256<float> a, ref Vector256<float> b)
    {
        var factor = Vector256.Create(x);
        a = Vector256.FusedMultiplyAdd(factor, left, a);
        b = Vector256.FusedMultiplyAdd(factor, right, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* tile, Vector256<float> a, Vector256<float> b)
    {
        a.Store(tile);
        b.Store(tile + Vector256<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(PanelAhead ahead, int pair)
    {
        if (Sse.IsSupported)
        {
            for (var line = pair * ahead.Lines; line < (pair + 1) * ahead.Lines; line++)
            {
                Sse.Prefetch1(ahead.From + ((nint)line * PanelAhead.LineBytes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float x, Vector512<float> left, Vector512<float> right, ref Vector512<float> a, ref Vector512<float> b)
    {
        var factor = Vector512.Create(x);
        a = Vector512.FusedMultiplyAdd(factor, left, a);
        b = Vector512.FusedMultiplyAdd(factor, right, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* tile, Vector512<float> a, Vector512<float> b)
    {
        a.Store(tile);
        b.Store(tile + VectorMath.Lanes);
    }

    /// <summary>How a panel keeps the weights of two neighbouring k.</summary>
    private interface IWeightPairs
    {
        static abstract int Bytes { get; }

        /// <summary>Sixteen columns of the pair: 0 and 1 = left and right columns of the first k, 2 and 3 = of the second.</summary>
        static abstract Vector512<float> Load(byte* pair, int part);

        /// <summary>Eight columns of the first k; which eight, 0 to 3.</summary>
        static abstract Vector256<float> LoadFirst(byte* pair, int eight);

        /// <summary>Eight columns of the second k.</summary>
        static abstract Vector256<float> LoadSecond(byte* pair, int eight);
    }

    private readonly struct FloatPairs : IWeightPairs
    {
        public static int Bytes => 2 * PackedMatrix.PanelWidth * sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* pair, int part) => Vector512.Load((float*)pair + (part * VectorMath.Lanes));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> LoadFirst(byte* pair, int eight) => Vector256.Load((float*)pair + (eight * Vector256<float>.Count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> LoadSecond(byte* pair, int eight) => LoadFirst(pair, eight + 4);
    }

    /// <summary>Each column's two bfloat16 numbers stand in one 32-bit word, the first k below.</summary>
    private readonly struct HalfPairs : IWeightPairs
    {
        public static int Bytes => PackedMatrix.PanelWidth * sizeof(uint);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(byte* pair, int part)
        {
            var words = Vector512.Load((uint*)pair + ((part & 1) * VectorMath.Lanes));
            return (part < 2 ? words << 16 : words & Vector512.Create(0xFFFF0000u)).AsSingle();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> LoadFirst(byte* pair, int eight) => (Vector256.Load((uint*)pair + (eight * Vector256<uint>.Count)) << 16).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> LoadSecond(byte* pair, int eight) => (Vector256.Load((uint*)pair + (eight * Vector256<uint>.Count)) & Vector256.Create(0xFFFF0000u)).AsSingle();
    }
}
