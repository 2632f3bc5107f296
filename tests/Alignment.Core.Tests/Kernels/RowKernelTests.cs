using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>The kernels that go over rows, on each instruction set that this processor has.</summary>
public sealed class RowKernelTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public RowKernelTests() => NativeKernels.IsAvailable.ShouldBeTrue("the binding is built with the kernels");

    public static TheoryData<int> Levels => [1, 2, 3];

    public void Dispose()
    {
        NativeKernels.ak_use(0);
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void RmsNorm_LikeTheFormula(int level)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(1);
        foreach (var (rows, width, offset) in new[] { (3L, 24L, 0.0), (130, 33, 1.0) }) // more rows than one block, odd widths
        {
            var x = (randn(rows, width) * 3).requires_grad_();
            var weight = randn(width).requires_grad_();
            Tensor Formula() => x * (x.square().mean([-1], keepdim: true) + 1e-5).rsqrt() * (weight + offset);
            var found = RmsNormFunction.Run(x, weight, offset, 1e-5, ScalarType.Float32);
            KernelCheck.Close(found, Formula(), 1e-6, "result");
            var expected = autograd.grad([KernelCheck.Weighted(Formula())], [x, weight]);
            var gradients = autograd.grad([KernelCheck.Weighted(found)], [x, weight]);
            KernelCheck.Close(gradients[0], expected[0], 1e-5, "x");
            KernelCheck.Close(gradients[1], expected[1], 1e-5, "weight");
            KernelCheck.Close(RmsNormFunction.Run(x, weight, offset, 1e-5, ScalarType.BFloat16), found.to(ScalarType.BFloat16), 0, "bfloat16 rounds the same result");
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void LayerNorm_LikeTheOperator(int level)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(6);
        foreach (var (rows, width) in new[] { (3L, 24L), (130, 33) }) // more rows than one block, odd widths
        {
            var x = (randn(rows, width) * 3 + 2).requires_grad_();
            var weight = randn(width).requires_grad_();
            var bias = randn(width).requires_grad_();
            var found = LayerNormFunction.Run(x, weight, bias, 1e-5, ScalarType.Float32);
            var expected = nn.functional.layer_norm(x, [width], weight, bias, 1e-5);
            KernelCheck.Close(found, expected, 1e-6, "result");
            var gradients = autograd.grad([KernelCheck.Weighted(found)], [x, weight, bias]);
            var wide = autograd.grad([KernelCheck.Weighted(expected)], [x, weight, bias]);
            for (var i = 0; i < wide.Count; i++)
            {
                KernelCheck.Close(gradients[i], wide[i], 1e-5, $"gradient {i}");
            }

            KernelCheck.Close(LayerNormFunction.Run(x, weight, bias, 1e-5, ScalarType.BFloat16), found.to(ScalarType.BFloat16), 0, "bfloat16 rounds the same result");
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Gelu_LikeTheOperators(int level)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(7);
        foreach (var byTanh in new[] { true, false })
        {
            foreach (var (type, tolerance) in new[] { (ScalarType.Float32, 1e-6), (ScalarType.BFloat16, 0.01) })
            {
                var x = cat([randn(500) * 3, tensor(new[] { 0f, 1e-6f, -1e-6f, 60f, -60f, 1e4f, -1e4f })]).to(type).requires_grad_(); // more than one vector, the ends of the exponential
                var wide = x.detach().to(ScalarType.Float64).requires_grad_();
                var found = GeluFunction.Run(x, byTanh);
                var expected = nn.functional.gelu(wide, byTanh ? TorchSharp.Modules.GELU.Approximate.tanh : TorchSharp.Modules.GELU.Approximate.none);
                found.isfinite().all().item<bool>().ShouldBeTrue();
                KernelCheck.Close(found.narrow(0, 0, 500), expected.narrow(0, 0, 500), tolerance, $"{type} tanh {byTanh}");
                KernelCheck.Close(found.narrow(0, 500, 7), expected.narrow(0, 500, 7), tolerance, $"{type} tanh {byTanh}, ends");
                var slope = autograd.grad([KernelCheck.Weighted(found)], [x])[0];
                KernelCheck.Close(slope, autograd.grad([KernelCheck.Weighted(expected)], [wide])[0], 2 * tolerance, $"{type} tanh {byTanh} slope");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void GatedSilu_LikeTheOperators(int level)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(2);
        foreach (var (type, tolerance) in new[] { (ScalarType.Float32, 1e-6), (ScalarType.BFloat16, 0.01) })
        {
            var gate = (randn(5, 37) * 20).to(type).requires_grad_(); // far enough that the exponential ends
            var up = randn(5, 37).to(type).requires_grad_();
            var found = GatedSiluFunction.Run(gate, up);
            var (wideGate, wideUp) = (gate.detach().to(ScalarType.Float32).requires_grad_(), up.detach().to(ScalarType.Float32).requires_grad_());
            var expected = nn.functional.silu(wideGate) * wideUp;
            KernelCheck.Close(found, expected, tolerance, $"{type}");
            var gradients = autograd.grad([KernelCheck.Weighted(found)], [gate, up]);
            var wide = autograd.grad([KernelCheck.Weighted(expected)], [wideGate, wideUp]);
            KernelCheck.Close(gradients[0], wide[0], tolerance, $"{type} gate");
            KernelCheck.Close(gradients[1], wide[1], tolerance, $"{type} up");
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void TokenLogProbs_WithStatistics_LikeTheOperators(int level)
    {
        if (NativeKernels.ak_use(level) == 0)
        {
            return;
        }

        manual_seed(3);
        var hidden = randn(7, 16).requires_grad_();
        var weight = randn(45, 16).requires_grad_();
        var targets = randint(0, 45, [7]);
        foreach (var (type, tolerance) in new[] { (ScalarType.Float32, 5e-6), (ScalarType.BFloat16, 0.02) })
        {
            TokenStatistics Score() => TokenLogProbs.ComputeWithStatistics(hidden, weight, targets, temperature: 0.7, chunk: 3, computeType: type);
            KernelCheck.Same([hidden, weight], () => Score().LogProb, tolerance);
            KernelCheck.Same([], () => Score().Entropy, tolerance);
            KernelCheck.Same([], () => Score().MeanLogit, tolerance);
            KernelCheck.Same([], () => Score().Correct, 0);
        }
    }

    [Fact]
    public void TokenLogProbs_BackwardTwice_GivesTheSame()
    {
        manual_seed(4);
        var hidden = randn(7, 16).requires_grad_();
        var weight = randn(45, 16).requires_grad_();
        var loss = TokenLogProbs.Compute(hidden, weight, randint(0, 45, [7]), chunk: 3).sum();

        var first = autograd.grad([loss], [hidden, weight], retain_graph: true);
        var second = autograd.grad([loss], [hidden, weight]);

        KernelCheck.Close(second[0], first[0], 0, "hidden"); // the logits that were kept became the first gradient
        KernelCheck.Close(second[1], first[1], 0, "weight");
    }
}
