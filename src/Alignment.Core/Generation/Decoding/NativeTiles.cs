using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// The processor's own products of bfloat16 pairs (AVX512_BF16), twice as fast as float32 ones. .NET has no name for that instruction, so
/// a few lines of C++ beside our torch binding do; with the real TorchSharp, or another processor, they are absent.
/// </summary>
internal static unsafe class NativeTiles
{
    private static readonly delegate* unmanaged<int, ushort*, nint, byte*, int, byte*, int, float*, void> Function = Find();

    /// <summary>Whether they are there.</summary>
    public static bool Exist => Function is not null;

    /// <summary>tile[r, j] = Σ_k x[r, k] · w[j, k]; see <see cref="TileKernels.Multiply"/>.</summary>
    public static void Multiply(ushort* x, nint stride, int rows, byte* panel, int pairs, PanelAhead ahead, float* tile) =>
        Function(rows, x, stride, panel, pairs, ahead.From, ahead.Lines, tile);

    private static delegate* unmanaged<int, ushort*, nint, byte*, int, byte*, int, float*, void> Find()
    {
        if (!Vector512.IsHardwareAccelerated
            || !NativeLibrary.TryLoad("alignment_torch", typeof(TorchSharp.torch).Assembly, null, out var library)
            || !NativeLibrary.TryGetExport(library, "at_has_bf16_products", out var has)
            || !NativeLibrary.TryGetExport(library, "at_tile_bf16", out var tile))
        {
            return null;
        }

        return ((delegate* unmanaged<int>)has)() != 0 ? (delegate* unmanaged<int, ushort*, nint, byte*, int, byte*, int, float*, void>)tile : null;
    }
}
