using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// Matrix products of float32 or bfloat16 numbers with float32 sums. With bfloat16 the right matrix may be float32: it is rounded and laid out
/// on the way, so that no copy of a weight exists. Only on processors with AVX-512; for bfloat16 also with dot products of its pairs, and without
/// tiles (AMX), which libtorch's products use.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Fewer rows or columns would not be worth laying the right matrix out.</summary>
    private const long LeastRows = 16, LeastColumns = 8;

    /// <summary>Whether rows · W and its gradients can be had here.</summary>
    /// <param name="rows">[..., in]; only its size counts, it may have another type yet.</param>
    /// <param name="type">What is multiplied.</param>
    /// <param name="weight">A matrix: of that type, or float32.</param>
    public static bool Fits(Tensor rows, ScalarType type, Tensor weight) =>
        NativeKernels.Fits(rows) && NativeKernels.Fits(weight) && (type == ScalarType.BFloat16 || (type == ScalarType.Float32 && weight.dtype == type)) && weight.is_contiguous()
        && rows.numel() >= LeastRows * rows.size(-1) && Math.Min(weight.size(0), weight.size(1)) >= LeastColumns && NativeKernels.ak_has_products(NativeKernels.TypeOf(type)) != 0;

    /// <summary>c = a · b, + bias, + added.</summary>
    /// <param name="a">[M, K] in the type of the products, contiguous; [K, M] where it is read transposed.</param>
    /// <param name="aTransposed">Whether it is.</param>
    /// <param name="b">[K, N], or [N, K], of a's type or float32, contiguous.</param>
    /// <param name="bTransposed">Whether it is.</param>
    /// <param name="c">[M, N] float32, or of a's type, contiguous; written.</param>
    /// <param name="bias">[N] float32 or null.</param>
    /// <param name="added">[M, N] float32 or null; may be c itself.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public static void Write(Tensor a, bool aTransposed, Tensor b, bool bTransposed, Tensor c, Tensor? bias = null, Tensor? added = null)
    {
        var (columns, rows) = (c.size(-1), c.numel() / c.size(-1));
        var depth = a.numel() / rows;
        if (b.numel() != depth * columns)
        {
            throw new ArgumentException($"A product [{rows}, {depth}] · [{depth}, {columns}] has a right matrix of {depth * columns} numbers, not of {b.numel()}.", nameof(b));
        }

        var shape = new NativeKernels.ProductShape
        {
            Rows = rows,
            Columns = columns,
            Depth = depth,
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
            AType = NativeKernels.TypeOf(a),
            BType = NativeKernels.TypeOf(b),
            CType = NativeKernels.TypeOf(c),
        };
        NativeKernels.ak_product(&shape);
    }
}
