using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// Matrix products of bfloat16 numbers with float32 sums. The right matrix may be float32: it is rounded and laid out on the way, so that no
/// copy of a weight exists. Only on processors with dot products of bfloat16 pairs.
/// </summary>
internal static unsafe class BFloat16Product
{
    /// <summary>Fewer rows would not be worth laying the right matrix out.</summary>
    private const long LeastRows = 16;

    /// <summary>Whether x · W can be had here.</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">A matrix.</param>
    public static bool Fits(Tensor x, Tensor weight) =>
        x.dtype == ScalarType.BFloat16 && FitsRows(x, weight);

    /// <summary>The same for rows that are not bfloat16 yet.</summary>
    public static bool FitsRows(Tensor x, Tensor weight) =>
        NativeKernels.Fits(x) && NativeKernels.Fits(weight) && weight.is_contiguous() && x.numel() >= LeastRows * x.size(-1) && NativeKernels.ak_has_products() != 0;

    /// <summary>c = a · b, + bias, + added.</summary>
    /// <param name="a">[M, K] bfloat16, contiguous; [K, M] where it is read transposed.</param>
    /// <param name="aTransposed">Whether it is.</param>
    /// <param name="b">[K, N], or [N, K], float32 or bfloat16, contiguous.</param>
    /// <param name="bTransposed">Whether it is.</param>
    /// <param name="c">[M, N] float32 or bfloat16, contiguous; written.</param>
    /// <param name="bias">[N] float32 or null.</param>
    /// <param name="added">[M, N] float32 or null; may be c itself.</param>
    public static void Write(Tensor a, bool aTransposed, Tensor b, bool bTransposed, Tensor c, Tensor? bias = null, Tensor? added = null)
    {
        var (columns, rows) = (c.size(-1), c.numel() / c.size(-1));
        var shape = new NativeKernels.ProductShape
        {
            Rows = rows,
            Columns = columns,
            Depth = a.numel() / rows,
            A = NativeKernels.Pointer(a),
            B = NativeKernels.Pointer(b),
            C = NativeKernels.Pointer(c),
            Bias = NativeKernels.Pointer(bias),
            Added = NativeKernels.Pointer(added),
            AStride = a.size(-1),
            BStride = b.size(-1),
            CStride = columns,
            ATransposed = aTransposed ? 1 : 0,
            BTransposed = bTransposed ? 1 : 0,
            BType = NativeKernels.TypeOf(b),
            CType = NativeKernels.TypeOf(c),
        };
        NativeKernels.ak_product(&shape);
    }
}
