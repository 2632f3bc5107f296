using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>What both kinds of custom functions are to the graph.</summary>
internal interface ICustomFunction
{
    string Name { get; }

    /// <returns>The outputs, in a list of the callee's that the caller may write to.</returns>
    List<Tensor> Forward(AutogradContext ctx, object[] vars);

    /// <param name="ctx">Of the call.</param>
    /// <param name="grads">One for each output, null where there is none.</param>
    List<Tensor> Backward(AutogradContext ctx, ReadOnlySpan<Tensor> grads);
}
