using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>(x − mean) · (variance + ε)^-½ · w + b in one pass over memory, float32 in, float32 or the compute type out.</summary>
internal sealed unsafe class LayerNormFunction : autograd.SingleTensorFunction<LayerNormFunction>
{
    public override string Name => nameof(LayerNormFunction);

    /// <summary>Whether the kernel can take this.</summary>
    public static bool Fits(Tensor x, Tensor? weight, Tensor? bias) => weight is not null && bias is not null && RmsNormFunction.Fits(x, weight) && bias.dtype == ScalarType.Float32;

    /// <param name="x">[..., D] float32, contiguous.</param>
    /// <param name="weight">[D] float32.</param>
    /// <param name="bias">[D] float32.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="type">Of the result.</param>
    /// <returns>[..., D].</returns>
    public static Tensor Run(Tensor x, Tensor weight, Tensor bias, double epsilon, ScalarType type) => apply(x, weight, bias, epsilon, type);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var (width, rows) = (weight.size(0), x.numel() / weight.size(0));
        var y = empty(x.shape, dtype: (ScalarType)vars[4]);
        var (mean, inverse) = (empty(rows), empty(rows));
        NativeKernels.ak_layer_norm(
            NativeKernels.Pointer(x), NativeKernels.Pointer(weight), NativeKernels.Pointer(bias), (float)(double)vars[3], rows, width,
            NativeKernels.Pointer(y), NativeKernels.TypeOf(y), NativeKernels.Pointer(mean), NativeKernels.Pointer(inverse));
        ctx.save_for_backward([x, weight, mean, inverse]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight, mean, inverse) = (saved[0], saved[1], saved[2], saved[3]);
        var slope = NativeKernels.Contiguous(grad_output);
        var (dx, dw, db) = (empty_like(x), empty_like(weight), empty_like(weight));
        NativeKernels.ak_layer_norm_gradient(
            NativeKernels.Pointer(x), NativeKernels.Pointer(weight), NativeKernels.Pointer(mean), NativeKernels.Pointer(inverse), NativeKernels.Pointer(slope),
            NativeKernels.TypeOf(slope), mean.numel(), weight.size(0), NativeKernels.Pointer(dx), NativeKernels.Pointer(dw), NativeKernels.Pointer(db));
        return [dx, weight.requires_grad ? dw : null!, weight.requires_grad ? db : null!, null!, null!];
    }
}
