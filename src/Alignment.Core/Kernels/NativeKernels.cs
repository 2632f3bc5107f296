using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// Loops over tensors' memory that libtorch has no single operator for (src/Compat/TorchSharp/native/kernels.h). The library is built with the
/// binding; without it, as with the TorchSharp package, and on other devices and types, callers take libtorch's operators.
/// </summary>
internal static unsafe partial class NativeKernels
{
    /// <summary>Set to 0, libtorch's operators do everything: nothing here is used, nor the decoding engine.</summary>
    public const string Switch = "ALIGNMENT_KERNELS";

    private const string Library = "alignment_kernels";
    private static readonly bool Allowed = Environment.GetEnvironmentVariable(Switch) != "0";
    private static readonly bool Loaded = Allowed && NativeLibrary.TryLoad(Library, typeof(NativeKernels).Assembly, null, out _);

    [ThreadStatic]
    private static int _off;

    /// <summary>Whether the environment lets kernels of our own do any work.</summary>
    public static bool IsAllowed => Allowed;

    /// <summary>Whether the library is there.</summary>
    public static bool IsAvailable => Loaded && _off == 0;

    /// <summary>On this thread, libtorch's operators do everything until the result is disposed: what the kernels are tested against.</summary>
    public static IDisposable Off()
    {
        _off++;
        return new Back();
    }

    /// <summary>Whether a tensor is such as the kernels read: on the CPU, float32 or bfloat16.</summary>
    public static bool Fits(Tensor tensor) =>
        IsAvailable && tensor.device_type == DeviceType.CPU && tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>The kernels' number of a type.</summary>
    public static int TypeOf(Tensor tensor) => TypeOf(tensor.dtype);

    /// <inheritdoc cref="TypeOf(Tensor)"/>
    public static int TypeOf(ScalarType type) => type == ScalarType.BFloat16 ? 1 : 0;

    /// <summary>Where a contiguous tensor's numbers lie; it must be kept alive while they are used. Null gives null.</summary>
    public static void* Pointer(Tensor? tensor)
    {
        if (tensor is null || tensor.numel() == 0)
        {
            return null;
        }

        // A span holds at most 2 GiB; of a larger tensor the first number will do.
        using var first = tensor.numel() * tensor.element_size() <= int.MaxValue ? null : tensor.view(-1).narrow(0, 0, 1);
        fixed (byte* start = (first ?? tensor).bytes)
        {
            return start;
        }
    }

    /// <summary>The tensor itself where it is contiguous, else a copy that is.</summary>
    public static Tensor Contiguous(Tensor tensor) => tensor.is_contiguous() ? tensor : tensor.contiguous();

    [LibraryImport(Library)]
    public static partial int ak_use(int level);

    [LibraryImport(Library)]
    public static partial void ak_head_statistics(
        void* logits, int type, void* targets, long rows, long vocabulary, float inverseTemperature, void* normalizers, void* logProbs, void* entropy, void* correct, void* mean);

    [LibraryImport(Library)]
    public static partial void ak_head_gradient(void* logits, int type, void* targets, void* normalizers, void* upstream, long rows, long vocabulary, float inverseTemperature);

    [LibraryImport(Library)]
    public static partial void ak_rms_norm(void* x, void* weight, float offset, float epsilon, long rows, long width, void* y, int type, void* inverse);

    [LibraryImport(Library)]
    public static partial void ak_rms_norm_gradient(void* x, void* weight, float offset, void* inverse, void* slope, int type, long rows, long width, void* dx, void* dw);

    [LibraryImport(Library)]
    public static partial void ak_layer_norm(void* x, void* weight, void* bias, float epsilon, long rows, long width, void* y, int type, void* mean, void* inverse);

    [LibraryImport(Library)]
    public static partial void ak_layer_norm_gradient(
        void* x, void* weight, void* mean, void* inverse, void* slope, int type, long rows, long width, void* dx, void* dw, void* db);

    [LibraryImport(Library)]
    public static partial void ak_gelu(void* x, int type, int byTanh, long count, void* y);

    [LibraryImport(Library)]
    public static partial void ak_gelu_gradient(void* x, void* slope, int type, int byTanh, long count, void* dx);

    [LibraryImport(Library)]
    public static partial void ak_column_sums(void* x, int type, long rows, long width, void* sums);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int ak_has_products(int type);

    [LibraryImport(Library)]
    public static partial void ak_product(ProductShape* shape);

    [LibraryImport(Library)]
    public static partial void ak_gated_silu(void* gate, void* up, int type, long rows, long width, long stride, void* y);

    [LibraryImport(Library)]
    public static partial void ak_gated_silu_gradient(void* gate, void* up, void* slope, int type, long rows, long width, long stride, void* dgate, void* dup);

    [LibraryImport(Library)]
    public static partial void ak_attention(AttentionShape* shape, void* q, void* k, void* v, void* y, void* normalizers);

    [LibraryImport(Library)]
    public static partial void ak_attention_gradient(AttentionShape* shape, void* q, void* k, void* v, void* y, void* normalizers, void* slope, void* dq, void* dk, void* dv);

    /// <summary>Mirrors the struct of the same name in kernels.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AttentionShape
    {
        public long Tokens;
        public long Heads;
        public long KeyHeads;
        public long HeadSize;
        public long Rotary;
        public int Type;
        public float Scale;
        public void* Cos;
        public void* Sin;
        public long* Groups;
        public long QueryStride;
        public long KeyStride;
        public long HeadStride;
    }

    /// <summary>Mirrors the struct of the same name in kernels.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProductShape
    {
        public long Rows;
        public long Columns;
        public long Depth;
        public void* A;
        public void* B;
        public void* C;
        public void* Bias;
        public void* Added;
        public long AStride;
        public long BStride;
        public long CStride;
        public int ATransposed;
        public int BTransposed;
        public int AType;
        public int BType;
        public int CType;
    }

    private sealed class Back : IDisposable
    {
        public void Dispose() => _off--;
    }
}
