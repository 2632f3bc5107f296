using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>silu(gate) · up in one pass over memory.</summary>
internal sealed unsafe class GatedSiluFunction : autograd.SingleTensorFunction<GatedSiluFunction>
{
    public override string Name => nameof(GatedSiluFunction);

    /// <summary>Whether the kernel can take this.</summary>
    public static bool Fits(Tensor gate, Tensor up) => NativeKernels.Fits(gate) && gate.dtype == up.dtype && gate.is_contiguous() && up.is_contiguous();

    /// <param name="gate">[..., inner], contiguous.</param>
    /// <param name="up">The same shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Run(Tensor gate, Tensor up) => apply(gate, up);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        var (rows, width) = Sizes(gate);
        var y = empty_like(gate);
        NativeKernels.ak_gated_silu(NativeKernels.Pointer(gate), NativeKernels.Pointer(up), NativeKernels.TypeOf(gate), rows, width, width, NativeKernels.Pointer(y));
        ctx.save_for_backward([gate, up]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (gate, up, slope) = (saved[0], saved[1], NativeKernels.Contiguous(grad_output));
        var (rows, width) = Sizes(gate);
        var (dgate, dup) = (empty_like(gate), empty_like(up));
        NativeKernels.ak_gated_silu_gradient(
            NativeKernels.Pointer(gate), NativeKernels.Pointer(up), NativeKernels.Pointer(slope), NativeKernels.TypeOf(gate), rows, width, width,
            NativeKernels.Pointer(dgate), NativeKernels.Pointer(dup));
        return [dgate, dup];
    }

    private static (long Rows, long Width) Sizes(Tensor x) => (x.numel() / x.size(-1), x.size(-1));
}
