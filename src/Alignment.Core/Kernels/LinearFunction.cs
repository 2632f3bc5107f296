using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// x · Wᵀ + b over float32 parameters, and what it is to be added to. Where x is bfloat16, weights are rounded as the product reads them, and
/// their gradients come as float32 sums: neither has a bfloat16 copy.
/// </summary>
internal sealed unsafe class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
{
    private const string Call = "call";

    public override string Name => nameof(LinearFunction);

    /// <summary>Whether the kernel can take this.</summary>
    public static bool Fits(Tensor x, Tensor weight) => (weight.dtype == ScalarType.Float32 || !weight.requires_grad) && MatrixProduct.Fits(x, x.dtype, weight); // a frozen model's may be rounded already

    /// <param name="x">[..., in] float32 or bfloat16.</param>
    /// <param name="weight">[out, in] float32, or [in, out].</param>
    /// <param name="storedTransposed">Whether it is [in, out].</param>
    /// <param name="bias">[out] float32, or null.</param>
    /// <param name="added">[..., out] float32, or null.</param>
    /// <returns>[..., out]: float32 where there is something to add to, else of x's type.</returns>
    public static Tensor Run(Tensor x, Tensor weight, bool storedTransposed, Tensor? bias, Tensor? added) =>
        apply(NativeKernels.Contiguous(x), weight, bias!, added is null ? null! : NativeKernels.Contiguous(added), storedTransposed);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, added, storedTransposed) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2], (Tensor?)vars[3], (bool)vars[4]);
        long[] shape = x.shape;
        shape[^1] = weight.size(storedTransposed ? 1 : 0);
        var y = empty(shape, dtype: added is null ? x.dtype : ScalarType.Float32);
        MatrixProduct.Write(x, false, weight, !storedTransposed, y, bias, added);
        ctx.save_data(Call, new Kept(storedTransposed, x.dtype, x.requires_grad, weight.requires_grad, bias is not null));
        ctx.save_for_backward((bias, weight.requires_grad) switch
        {
            (null, false) => [weight], // a frozen weight needs its input for nothing
            (null, true) => [weight, x],
            (_, false) => [weight, bias],
            (_, true) => [weight, bias, x],
        });
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (saved, call) = (ctx.get_saved_variables(), (Kept)ctx.get_data(Call));
        var (weight, bias) = (saved[0], call.HasBias ? saved[1] : null);
        var slope = NativeKernels.Contiguous(grad_output.dtype == call.Type ? grad_output : grad_output.to(call.Type));
        Tensor? dx = null, dw = null, db = null;
        if (call.InputTakesGradient)
        {
            long[] shape = slope.shape;
            shape[^1] = weight.size(call.StoredTransposed ? 0 : 1);
            dx = empty(shape, dtype: call.Type);
            MatrixProduct.Write(slope, false, weight, call.StoredTransposed, dx);
        }

        if (call.WeightTakesGradient)
        {
            dw = empty_like(weight);
            var x = saved[^1];
            var (left, right) = call.StoredTransposed ? (x, slope) : (slope, x);
            MatrixProduct.Write(left, true, right, false, dw);
        }

        if (bias is { requires_grad: true })
        {
            db = empty_like(bias);
            NativeKernels.ak_column_sums(NativeKernels.Pointer(slope), NativeKernels.TypeOf(slope), slope.numel() / slope.size(-1), slope.size(-1), NativeKernels.Pointer(db));
        }

        return [dx!, dw!, db!, grad_output, null!];
    }

    private sealed record Kept(bool StoredTransposed, ScalarType Type, bool InputTakesGradient, bool WeightTakesGradient, bool HasBias);
}
