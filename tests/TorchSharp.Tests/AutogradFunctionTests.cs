using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp.Tests;

public class AutogradFunctionTests
{
    [Fact]
    public void Apply_Cube_GradientEqualsFiniteDifference()
    {
        var x = tensor(new[] { 0.5, -1.5, 2.0 }, requires_grad: true);
        Cube.apply(x, 2.0).sum().backward();

        const double step = 1e-6;
        var expected = x.detach().data<double>().ToArray().Select(v => (2 * Math.Pow(v + step, 3) - 2 * Math.Pow(v - step, 3)) / (2 * step)).ToArray();
        x.grad!.data<double>().ToArray().Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
    }

    [Fact]
    public void Apply_CreateGraph_BackwardIsDifferentiable()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var first = grad([Cube.apply(x, 1.0).sum()], [x], create_graph: true)[0];
        var second = grad([first.sum()], [x])[0];

        first.item<double>().ShouldBe(12, 1e-12);
        second.item<double>().ShouldBe(12, 1e-12);
    }

    [Fact]
    public void Backward_GivesTheListOfSavedTensors_ItIsTheGradients()
    {
        var x = tensor(new[] { 2.0, 3.0 }, requires_grad: true);
        var y = HalfSquare.apply(x).sum();

        for (var pass = 1; pass <= 2; pass++)
        {
            grad([y], [x], retain_graph: true)[0].data<double>().ToArray().ShouldBe([2, 3]);
        }
    }

    [Fact]
    public void Apply_SavedOutput_GivesItBack()
    {
        var x = tensor(new[] { 0.0, 1.0 }, requires_grad: true);
        var y = Exponential.apply(x);
        y.sum().backward();

        x.grad!.data<double>().ToArray().ShouldBe(y.detach().data<double>().ToArray());
    }

    [Fact]
    public void Apply_TwoOutputs_MissingGradientsAreZeros()
    {
        var x = tensor(new[] { 3.0 }, requires_grad: true);
        var y = tensor(new[] { 5.0 }, requires_grad: true);
        var results = SumAndProduct.apply(x, y);
        results[1].sum().backward();

        x.grad!.item<double>().ShouldBe(5);
        y.grad!.item<double>().ShouldBe(3);
    }

    [Fact]
    public void Apply_NothingRequiresGrad_HasNoHistory()
    {
        Cube.apply(tensor(new[] { 2.0 }), 1.0).requires_grad.ShouldBeFalse();
        using (no_grad())
        {
            Cube.apply(tensor(new[] { 2.0 }, requires_grad: true), 1.0).requires_grad.ShouldBeFalse();
        }
    }

    [Fact]
    public void Apply_InputGivenBack_KeepsItsOwnHistory()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var doubled = x * 2;
        var same = Identity.apply(doubled);
        same.sum().backward();

        ReferenceEquals(same, doubled).ShouldBeFalse();
        x.grad!.item<double>().ShouldBe(2 * 10);
    }

    [Fact]
    public void Backward_ThatThrows_ThrowsTheSameException()
    {
        var x = ones([2], requires_grad: true);
        var y = Throwing.apply(x);

        Should.Throw<ArithmeticException>(() => y.sum().backward()).Message.ShouldBe("no gradient today");
    }

    [Fact]
    public void Backward_TooFewGradients_SaysSo()
    {
        var x = ones([2], requires_grad: true);
        var y = TooFew.apply(x, x);

        Should.Throw<InvalidOperationException>(() => y.sum().backward()).Message.ShouldContain("1 gradients for 2 arguments");
    }

    [Fact]
    public void Backward_SavedTensorChanged_Throws()
    {
        var x = ones([2], requires_grad: true);
        var twice = x * 2;
        var y = Cube.apply(twice, 1.0);
        twice.add_(1);

        Should.Throw<ExternalException>(() => y.sum().backward()).Message.ShouldContain("modified by an inplace operation");
    }

    [Fact]
    public void Backward_SecondTime_SaysThatTensorsAreFreed()
    {
        var x = ones([2], requires_grad: true);
        var y = Cube.apply(x, 1.0);
        y.sum().backward();

        Should.Throw<ExternalException>(() => y.sum().backward()).Message.ShouldContain("second time");
    }

    [Fact]
    public void Apply_GraphGone_ReleasesTheFunction()
    {
        var saved = BuildAndDrop();
        for (var k = 0; k < 10 && saved.IsAlive; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        saved.IsAlive.ShouldBeFalse();
    }

    [Fact]
    public void Apply_ManyTimes_AllocatesWhatTheArgumentsNeed()
    {
        using var x = ones([4], requires_grad: true);
        for (var k = 0; k < 3; k++)
        {
            Run(x, 10);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(x, 100);

        // Of a call: the arguments' array and boxed number (64), the function (24), two lists of one (2 x 64) and one of two (72), tensors of 32
        // (5 outside of backward, 8 inside): 760. Contexts, scopes and lists of saved tensors are used again, and would be 300 more.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 100).ShouldBeLessThan(800);

        static void Run(Tensor x, int times)
        {
            for (var k = 0; k < times; k++)
            {
                using var scope = NewDisposeScope();
                Cube.apply(x, 2.0).sum().backward();
            }
        }
    }

    [Fact]
    public void GetSavedVariables_AskedTwice_GivesTwoLists()
    {
        var x = tensor(new[] { 3.0 }, requires_grad: true);
        AskingTwice.apply(x).sum().backward();

        x.grad!.item<double>().ShouldBe(9);
    }

    [Fact]
    public void Backward_GraphThatStays_GivesTheSavedTensorsAgain()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var y = Cube.apply(x, 1.0).sum();
        y.backward(retain_graph: true);
        y.backward();

        x.grad!.item<double>().ShouldBe(24);
    }

    [Fact]
    public void Backward_RunsAnotherGraph_BothKeepTheirSavedTensors()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        Nested.apply(x).sum().backward();

        x.grad!.item<double>().ShouldBe(3 * 5 * 5 + 2); // the inner graph's gradient at 5, and the outer's saved tensor
    }

    [Fact]
    public void Forward_ThatThrows_LeavesNothingForTheNextCall()
    {
        var x = ones([1], requires_grad: true);
        for (var k = 0; k < 3; k++)
        {
            Should.Throw<KeyNotFoundException>(() => Forgetful.apply(x, false)).Message.ShouldContain("'mark'");
            Should.Throw<ArithmeticException>(() => Forgetful.apply(x, true));
        }
    }

    [Fact]
    public void Apply_ManyTimes_LeavesNoTensors()
    {
        using var x = ones([4], requires_grad: true);
        long before = 0;
        for (var k = 0; k < 50; k++)
        {
            using (NewDisposeScope())
            {
                Cube.apply(x, 2.0).sum().backward();
            }

            before = k == 5 ? DisposeScopeManager.Statistics.ThreadTotalLiveCount : before;
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference BuildAndDrop()
    {
        var x = ones([2], requires_grad: true);
        var y = Cube.apply(x, 1.0);
        y.sum().backward();
        y.Dispose();
        return Cube.LastFactor;
    }

    private sealed class Cube : SingleTensorFunction<Cube>
    {
        public static WeakReference LastFactor { get; private set; } = new(null);

        public override string Name => nameof(Cube);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            ctx.save_data("factor", vars[1]);
            LastFactor = new WeakReference(vars[1]);
            return x.pow(3) * (double)vars[1];
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var x = ctx.get_saved_variables()[0];
            return [grad_output * 3 * x * x * (double)ctx.get_data("factor"), null!];
        }
    }

    private sealed class AskingTwice : SingleTensorFunction<AskingTwice>
    {
        public override string Name => nameof(AskingTwice);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return ((Tensor)vars[0]).clone();
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var (first, second) = (ctx.get_saved_variables(), ctx.get_saved_variables());
            second.Count.ShouldBe(1);
            return [grad_output * first.Single() * second.Single()];
        }
    }

    private sealed class Nested : SingleTensorFunction<Nested>
    {
        public override string Name => nameof(Nested);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return ((Tensor)vars[0]).clone();
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            using var withGradients = enable_grad();
            var inner = tensor(new[] { 5.0 }, requires_grad: true);
            Cube.apply(inner, 1.0).sum().backward();
            return [grad_output * (inner.grad! + saved.Single())];
        }
    }

    private sealed class Forgetful : SingleTensorFunction<Forgetful>
    {
        public override string Name => nameof(Forgetful);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            if ((bool)vars[1])
            {
                ctx.save_data("mark", 1);
                throw new ArithmeticException("no value today");
            }

            return (Tensor)ctx.get_data("mark");
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output, null!];
    }

    private sealed class Exponential : SingleTensorFunction<Exponential>
    {
        public override string Name => nameof(Exponential);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var y = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([y]);
            return y;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0]];
    }

    private sealed class HalfSquare : SingleTensorFunction<HalfSquare>
    {
        public override string Name => nameof(HalfSquare);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            return x * x / 2;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => ctx.get_saved_variables();
    }

    private sealed class SumAndProduct : MultiTensorFunction<SumAndProduct>
    {
        public override string Name => nameof(SumAndProduct);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
        {
            var (x, y) = ((Tensor)vars[0], (Tensor)vars[1]);
            ctx.save_for_backward([x, y]);
            return [x + y, x * y];
        }

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            return [grad_outputs[0] + grad_outputs[1] * saved[1], grad_outputs[0] + grad_outputs[1] * saved[0]];
        }
    }

    private sealed class Identity : SingleTensorFunction<Identity>
    {
        public override string Name => nameof(Identity);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0];

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output * 10];
    }

    private sealed class Throwing : SingleTensorFunction<Throwing>
    {
        public override string Name => nameof(Throwing);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => throw new ArithmeticException("no gradient today");
    }

    private sealed class TooFew : SingleTensorFunction<TooFew>
    {
        public override string Name => nameof(TooFew);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output];
    }
}
