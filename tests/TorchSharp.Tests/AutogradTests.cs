using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class AutogradTests
{
    [Fact]
    public void Backward_Square_GivesTwiceTheInput()
    {
        var x = tensor(new[] { 1f, -3f }, requires_grad: true);
        x.grad.ShouldBeNull();
        (x * x).sum().backward();
        (x * x).sum().backward();

        x.grad!.data<float>().ToArray().ShouldBe([4f, -12f]);
        x.grad = null;
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void Backward_SecondTimeWithoutRetain_Throws()
    {
        var x = ones([2], requires_grad: true);
        var y = x.exp().sum();
        y.backward(retain_graph: true);
        y.backward();

        Should.Throw<ExternalException>(() => y.backward()).Message.ShouldContain("second time");
    }

    [Fact]
    public void Backward_WithInputs_LeavesOthersAlone()
    {
        var x = ones([2], requires_grad: true);
        var y = ones([2], requires_grad: true);
        (x * y).sum().backward(inputs: [x]);

        x.grad.ShouldNotBeNull();
        y.grad.ShouldBeNull();
    }

    [Fact]
    public void Grad_CreateGraph_CanBeDifferentiatedAgain()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        var second = autograd.grad([first.sum()], [x])[0];

        first.item<double>().ShouldBe(12, 1e-12);
        second.item<double>().ShouldBe(12, 1e-12);
    }

    [Fact]
    public void Grad_UnusedInput_ThrowsUnlessAllowed()
    {
        var x = ones([2], requires_grad: true);
        var unused = ones([2], requires_grad: true);

        Should.Throw<ExternalException>(() => autograd.grad([x.sum()], [x, unused])).Message.ShouldContain("not have been used in the graph");
        autograd.grad([x.sum()], [x, unused], allow_unused: true)[1].ShouldBeNull();
    }

    [Fact]
    public void Grad_SetOfAnotherShape_Throws()
    {
        var x = ones([2], requires_grad: true);

        Should.Throw<ExternalException>(() => x.grad = ones(3)).Message.ShouldContain("[3]");
    }

    [Fact]
    public void AddInPlace_LeafThatRequiresGrad_Throws()
    {
        var x = ones([2], requires_grad: true);

        Should.Throw<ExternalException>(() => x.add_(1)).Message.ShouldContain("leaf Variable that requires grad");
    }

    [Fact]
    public void NoGrad_Nested_RestoresWhatWasBefore()
    {
        var x = ones([2], requires_grad: true);
        using (no_grad())
        {
            is_grad_enabled().ShouldBeFalse();
            (x * 2).requires_grad.ShouldBeFalse();
            using (enable_grad())
            {
                (x * 2).requires_grad.ShouldBeTrue();
            }

            is_grad_enabled().ShouldBeFalse();
        }

        is_grad_enabled().ShouldBeTrue();
        using (set_grad_enabled(false))
        {
            is_grad_enabled().ShouldBeFalse();
        }

        is_grad_enabled().ShouldBeTrue();
    }

    [Fact]
    public void NoGrad_OtherThread_IsNotTouched()
    {
        using (no_grad())
        {
            var elsewhere = false;
            var thread = new Thread(() => elsewhere = is_grad_enabled());
            thread.Start();
            thread.Join();

            elsewhere.ShouldBeTrue();
        }
    }

    [Fact]
    public void InferenceMode_Inside_MakesTensorsWithoutHistory()
    {
        var x = ones([2], requires_grad: true);
        using (inference_mode())
        {
            is_inference_mode_enabled().ShouldBeTrue();
            (x * 2).requires_grad.ShouldBeFalse();
        }

        is_inference_mode_enabled().ShouldBeFalse();
    }

    [Fact]
    public void Detach_Tensor_SharesDataWithoutHistory()
    {
        var x = ones([2], requires_grad: true);
        var detached = (x * 2).detach();
        detached.requires_grad.ShouldBeFalse();
        detached.is_leaf.ShouldBeTrue();
        (x * 2).is_leaf.ShouldBeFalse();
    }
}
