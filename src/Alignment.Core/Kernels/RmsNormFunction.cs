using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>x · (mean x² + ε)^-½ · (w + offset) in one pass over memory, float32 in, float32 or the compute type out.</summary>
internal sealed unsafe class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    private const string Settings = "settings";

    public override string Name => nameof(RmsNormFunction);

    /// <summary>Whether the kernel can take this.</summary>
    public static bool Fits(Tensor x, Tensor weight) =>
        NativeKernels.Fits(x) && x.dtype == ScalarType.Float32 && weight.dtype == ScalarType.Float32 && x.is_contiguous();

    /// <param name="x">[..., D] float32, contiguous.</param>
    /// <param name="weight">[D] float32.</param>
    /// <param name="offset">Added to the weight.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="type">Of the result.</param>
    /// <returns>[..., D].</returns>
    public static Tensor Run(Tensor x, Tensor weight, double offset, double epsilon, ScalarType type) => apply(x, weight, new Call((float)offset, (float)epsilon, type));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, call) = ((Tensor)vars[0], (Tensor)vars[1], (Call)vars[2]);
        var (width, rows) = (weight.size(0), x.numel() / weight.size(0));
        var y = empty(x.shape, dtype: call.Type);
        var inverse = empty(rows);
        NativeKernels.ak_rms_norm(
            NativeKernels.Pointer(x), NativeKernels.Pointer(weight), call.Offset, call.Epsilon, rows, width, NativeKernels.Pointer(y), NativeKernels.TypeOf(y), NativeKernels.Pointer(inverse));
        ctx.save_data(Settings, call);
        ctx.save_for_backward([x, weight, inverse]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (saved, call) = (ctx.get_saved_variables(), (Call)ctx.get_data(Settings));
        var (x, weight, inverse) = (saved[0], saved[1], saved[2]);
        var slope = NativeKernels.Contiguous(grad_output);
        var (dx, dw) = (empty_like(x), empty_like(weight));
        NativeKernels.ak_rms_norm_gradient(
            NativeKernels.Pointer(x), NativeKernels.Pointer(weight), call.Offset, NativeKernels.Pointer(inverse), NativeKernels.Pointer(slope), NativeKernels.TypeOf(slope),
            inverse.numel(), weight.size(0), NativeKernels.Pointer(dx), NativeKernels.Pointer(dw));
        return [dx, weight.requires_grad ? dw : null!, null!];
    }

    private sealed record Call(float Offset, float Epsilon, ScalarType Type);
}
