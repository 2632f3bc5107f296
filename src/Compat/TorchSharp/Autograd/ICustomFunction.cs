using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>What both kinds of custom functions are to the graph.</summary>
internal interface ICustomFunction
{
    string Name { get; }

    Tensor[] Forward(AutogradContext ctx, object[] vars);

    /// <param name="ctx">Of the call.</param>
    /// <param name="grads">One for each output, null where there is none.</param>
    List<Tensor> Backward(AutogradContext ctx, Tensor[] grads);
}
