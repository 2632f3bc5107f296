using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Kernels;

/// <summary>Products over float32 parameters against float64 products of the same numbers, rounded where the kernel rounds them.</summary>
public sealed class LinearFunctionTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    /// <summary>Rows, inputs, outputs: parts of tiles, odd depths and widths, more depth than one panel takes, rows 4 KiB apart.</summary>
    public static TheoryData<ScalarType, long, long, long> Shapes()
    {
        var cases = new TheoryData<ScalarType, long, long, long>();
        foreach (var type in new[] { ScalarType.BFloat16, ScalarType.Float32 })
        {
            foreach (var (rows, inputs, outputs) in new[] { (16, 9, 8), (17, 33, 70), (100, 64, 32), (40, 1100, 45), (21, 2048, 36), (1100, 24, 40) })
            {
                cases.Add(type, rows, inputs, outputs);
            }
        }

        return cases;
    }

    public void Dispose()
    {
        NativeKernels.ak_use(0);
        _scope.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, true)]
    public void AFrozenWeight_KeepsNoInput(ScalarType type, bool storedTransposed)
    {
        if (NativeKernels.ak_has_products(NativeKernels.TypeOf(type)) == 0)
        {
            return; // libtorch's operators multiply here
        }

        var x = randn(32, 16).to(type).requires_grad_();
        var (weight, bias) = (randn(storedTransposed ? [16, 24] : [24, 16]), randn(24).requires_grad_());
        var input = x * 1;
        var y = LinearFunction.Run(input, weight, storedTransposed, bias, added: null);
        var expected = autograd.grad([LinearFunction.Run(x, weight.clone().requires_grad_(), storedTransposed, bias, added: null).sum()], [x, bias]);
        using (no_grad())
        {
            input.fill_(0); // autograd would refuse it, had the product kept it
        }

        var found = autograd.grad([y.sum()], [x, bias]);

        KernelCheck.Close(found[0], expected[0], 0, "input");
        KernelCheck.Close(found[1], expected[1], 0, "bias");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_ValuesAndGradients_LikeTheSameNumbersInFloat64(ScalarType type, long rows, long inputs, long outputs)
    {
        if (NativeKernels.ak_has_products(NativeKernels.TypeOf(type)) == 0)
        {
            return; // libtorch's operators multiply here
        }

        var rounding = type == ScalarType.BFloat16 ? 0.004 : 3e-6;
        manual_seed(8);
        foreach (var storedTransposed in new[] { false, true })
        {
            var x = randn(rows, inputs).to(type).requires_grad_();
            var weight = randn(storedTransposed ? [inputs, outputs] : [outputs, inputs]).requires_grad_();
            var bias = randn(outputs).requires_grad_();
            var added = randn(rows, outputs).requires_grad_();
            LinearFunction.Fits(x, weight).ShouldBeTrue();
            var (wideX, wideWeight) = (Wide(x), Wide(weight.to(type)));
            var (wideBias, wideAdded) = (Wide(bias), Wide(added));
            var product = wideX.mm(storedTransposed ? wideWeight : wideWeight.t()) + wideBias;

            var plain = LinearFunction.Run(x, weight, storedTransposed, bias, added: null);
            plain.dtype.ShouldBe(type);
            KernelCheck.Close(plain, product, rounding, "result in x's type");
            var sum = LinearFunction.Run(x, weight, storedTransposed, bias, added);
            sum.dtype.ShouldBe(ScalarType.Float32);
            KernelCheck.Close(sum, product + wideAdded, 2e-6, "sum");

            // A slope of numbers that bfloat16 has, so that only sums are rounded.
            var slope = randn(rows, outputs).to(ScalarType.BFloat16);
            var gradients = autograd.grad([sum], [x, weight, bias, added], [slope.to(ScalarType.Float32)]);
            var expected = autograd.grad([product + wideAdded], [wideX, wideWeight, wideBias, wideAdded], [slope.to(ScalarType.Float64)]);
            KernelCheck.Close(gradients[0], expected[0], rounding, "x");
            KernelCheck.Close(gradients[1], expected[1], 3e-6, "weight");
            KernelCheck.Close(gradients[2], expected[2], 2e-6, "bias");
            KernelCheck.Close(gradients[3], expected[3], 0, "added");
        }
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Run_AnyNumberOfThreads_TheSameBits(ScalarType type)
    {
        if (NativeKernels.ak_has_products(NativeKernels.TypeOf(type)) == 0)
        {
            return;
        }

        manual_seed(9);
        var x = randn(150, 600).to(type).requires_grad_();
        var weight = randn(90, 600).requires_grad_();
        var threads = get_num_threads();
        List<Tensor> Gradients()
        {
            var y = LinearFunction.Run(x, weight, false, null, null);
            return [y, .. autograd.grad([KernelCheck.Weighted(y)], [x, weight])];
        }

        var several = Gradients();
        set_num_threads(1);
        var one = Gradients();
        set_num_threads(threads);

        for (var i = 0; i < one.Count; i++)
        {
            KernelCheck.Close(one[i], several[i], 0, $"{i}");
        }
    }

    [Fact]
    public void Fits_OtherTypesFewRowsOrProcessors_No()
    {
        var (x, weight) = (randn(20, 9).to(ScalarType.BFloat16), randn(8, 9));

        LinearFunction.Fits(x, weight).ShouldBe(NativeKernels.ak_has_products(1) != 0);
        LinearFunction.Fits(x.to(ScalarType.Float64), weight).ShouldBeFalse();
        LinearFunction.Fits(x.to(ScalarType.Float32), weight.to(ScalarType.BFloat16)).ShouldBeFalse();
        LinearFunction.Fits(x, weight.to(ScalarType.BFloat16).requires_grad_(true)).ShouldBeFalse();
        LinearFunction.Fits(x, weight.narrow(0, 0, 1)).ShouldBeFalse();
        LinearFunction.Fits(x.narrow(0, 0, 3), weight).ShouldBeFalse();
        NativeKernels.ak_use(2); // AVX2
        LinearFunction.Fits(x, weight).ShouldBeFalse();
    }

    [Fact]
    public void Backward_WeightFrozenOrThawedBetweenThePasses_AsItWasInTheFirst()
    {
        var (x, thawed, frozen) = (randn(32, 16).requires_grad_(), randn(24, 16), randn(24, 16).requires_grad_());
        var first = LinearFunction.Run(x, thawed, false, null, null);
        var second = LinearFunction.Run(x, frozen, false, null, null);
        thawed.requires_grad_(true);
        frozen.requires_grad_(false);

        (first + second).sum().backward();

        thawed.grad.ShouldBeNull();
        frozen.grad.ShouldBeNull();
        KernelCheck.Close(x.grad!, ones(32, 24).mm((thawed + frozen).detach()), 1e-5, "input");
    }

    [Fact]
    public void TokenLogProbs_HiddenStatesThatAreNotContiguous_LikeACopy()
    {
        var (columns, weight, targets) = (randn(40, 96), randn(50, 48), randint(0, 50, [40]));
        var (slice, turned) = (columns.narrow(1, 48, 48), randn(48, 40).t());

        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            foreach (var hidden in new[] { slice, turned })
            {
                var (strided, copy) = (hidden.detach().requires_grad_(), hidden.contiguous().requires_grad_());
                var tolerance = type == ScalarType.Float32 ? 1e-5 : 0.02;
                KernelCheck.Close(TokenLogProbs.Compute(strided, weight, targets, computeType: type), TokenLogProbs.Compute(copy, weight, targets, computeType: type), tolerance, "log-probs");
                var gradients = autograd.grad([TokenLogProbs.Compute(strided, weight, targets, computeType: type).sum()], [strided]);
                KernelCheck.Close(gradients[0], autograd.grad([TokenLogProbs.Compute(copy, weight, targets, computeType: type).sum()], [copy])[0], tolerance, "hidden");
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, 0.005, 0.02)] // logits are bfloat16
    [InlineData(ScalarType.Float32, 2e-6, 5e-6)]
    public void TokenLogProbs_OverTheParameterItself_LikeTheSameNumbersInFloat64(ScalarType type, double difference, double gradientDifference)
    {
        manual_seed(10);
        var hidden = randn(70, 48).to(ScalarType.BFloat16).to(ScalarType.Float32).requires_grad_();
        var weight = (randn(151, 48) * 0.2).to(ScalarType.BFloat16).to(ScalarType.Float32).requires_grad_();
        var targets = randint(0, 151, [70]);
        var found = TokenLogProbs.Compute(hidden, weight, targets, chunk: 32, computeType: type);
        var (wideHidden, wideWeight) = (Wide(hidden), Wide(weight));
        var expected = TokenLogProbs.Compute(wideHidden, wideWeight, targets);

        KernelCheck.Close(found, expected, difference, "log-probs");
        var gradients = autograd.grad([KernelCheck.Weighted(found)], [hidden, weight]);
        var wide = autograd.grad([KernelCheck.Weighted(expected)], [wideHidden, wideWeight]);
        KernelCheck.Close(gradients[0], wide[0], gradientDifference, "hidden");
        KernelCheck.Close(gradients[1], wide[1], gradientDifference, "weight");
    }

    private static Tensor Wide(Tensor x) => x.detach().to(ScalarType.Float64).requires_grad_();
}
