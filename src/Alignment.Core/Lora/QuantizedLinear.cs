using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>y = x · Wᵀ over a quantised weight, which is made dense for the product, forward and again backward, and let go. W takes no gradient.</summary>
internal sealed class QuantizedLinear : autograd.SingleTensorFunction<QuantizedLinear>
{
    private const string Weight = "weight";

    public override string Name => nameof(QuantizedLinear);

    /// <summary>Arguments: x [..., in], the <see cref="QuantizedWeight"/>.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight) = ((Tensor)vars[0], (QuantizedWeight)vars[1]);
        ctx.save_data(Weight, weight);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return nn.functional.linear(input, weight.Dequantize().to(input.dtype)).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => BackwardPass.Run([grad_output], () => Backward(ctx, grad_output));

    private static List<Tensor> Backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = ((QuantizedWeight)ctx.get_data(Weight)).Dequantize().to(grad_output.dtype); // [out, in]
        return [nn.functional.linear(grad_output, matrix.t()).MoveToOuterDisposeScope(), null!];
    }
}
