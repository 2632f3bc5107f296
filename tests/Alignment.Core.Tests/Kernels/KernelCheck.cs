using Alignment.Core.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>Sets a computation by the kernels against the same one by libtorch's operators: results and gradients.</summary>
internal static class KernelCheck
{
    /// <param name="inputs">Float tensors; gradients are compared for those that require them.</param>
    /// <param name="compute">Gives one tensor.</param>
    /// <param name="tolerance">Largest difference, relative to the largest value.</param>
    public static void Same(Tensor[] inputs, Func<Tensor> compute, double tolerance)
    {
        var (found, foundGradients) = Run(inputs, compute);
        Tensor expected;
        Tensor[] expectedGradients;
        using (NativeKernels.Off())
        {
            (expected, expectedGradients) = Run(inputs, compute);
        }

        Close(found, expected, tolerance, "result");
        for (var i = 0; i < foundGradients.Length; i++)
        {
            Close(foundGradients[i], expectedGradients[i], tolerance, $"gradient {i}");
        }
    }

    public static void Close(Tensor found, Tensor expected, double tolerance, string what)
    {
        found.shape.ShouldBe(expected.shape, what);
        var scale = Math.Max(1e-6, expected.to(ScalarType.Float64).abs().max().ToDouble());
        (found.to(ScalarType.Float64) - expected.to(ScalarType.Float64)).abs().max().ToDouble().ShouldBeLessThanOrEqualTo(tolerance * scale, what);
    }

    /// <summary>Uneven weights, so that a gradient that is only right in sum is found.</summary>
    public static Tensor Weighted(Tensor result)
    {
        var values = result.to(ScalarType.Float32).reshape(-1);
        return (values * (arange(values.size(0), dtype: ScalarType.Float32) * 0.37).sin()).sum();
    }

    private static (Tensor Result, Tensor[] Gradients) Run(Tensor[] inputs, Func<Tensor> compute)
    {
        var result = compute();
        Tensor[] wanted = [.. inputs.Where(input => input.requires_grad)];
        return (result.detach(), wanted.Length == 0 ? [] : [.. autograd.grad([Weighted(result)], wanted)]);
    }
}
