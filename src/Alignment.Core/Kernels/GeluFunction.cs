using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>x · Φ(x), or its approximation by tanh, in one pass over memory (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
internal sealed unsafe class GeluFunction : autograd.SingleTensorFunction<GeluFunction>
{
    private const string ByTanh = "tanh";

    public override string Name => nameof(GeluFunction);

    /// <summary>Whether the kernel can take this.</summary>
    public static bool Fits(Tensor x) => NativeKernels.Fits(x) && x.is_contiguous();

    /// <param name="x">Any shape, contiguous.</param>
    /// <param name="byTanh">0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).</param>
    /// <returns>The same shape and type.</returns>
    public static Tensor Run(Tensor x, bool byTanh) => apply(x, byTanh);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, byTanh) = ((Tensor)vars[0], (bool)vars[1]);
        var y = empty_like(x);
        NativeKernels.ak_gelu(NativeKernels.Pointer(x), NativeKernels.TypeOf(x), byTanh ? 1 : 0, x.numel(), NativeKernels.Pointer(y));
        ctx.save_data(ByTanh, byTanh);
        ctx.save_for_backward([x]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (x, slope) = (ctx.get_saved_variables()[0], NativeKernels.Contiguous(grad_output));
        var dx = empty_like(x);
        NativeKernels.ak_gelu_gradient(
            NativeKernels.Pointer(x), NativeKernels.Pointer(slope), NativeKernels.TypeOf(x), (bool)ctx.get_data(ByTanh) ? 1 : 0, x.numel(), NativeKernels.Pointer(dx));
        return [dx, null!];
    }
}
