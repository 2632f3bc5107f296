using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>A custom function of one output, which needs no list for it.</summary>
internal interface ISingleFunction : ICustomFunction
{
    new Tensor Forward(AutogradContext ctx, object[] vars);
}
