using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

internal static class Compare
{
    /// <summary>Largest absolute difference of two tensors of one shape; NaN anywhere gives NaN.</summary>
    public static double MaxDifference(Tensor left, Tensor right)
    {
        left.shape.ShouldBe(right.shape);
        using var scope = NewDisposeScope();
        return (left.to(ScalarType.Float64) - right.to(ScalarType.Float64)).abs().max().ToDouble();
    }
}
