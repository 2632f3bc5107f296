using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

public sealed class ClipGradNormTests
{
    // Gradients (3, 0) and (4): norm 5.
    [Theory]
    [InlineData(1.0, 0.6f, 0.8f)]
    [InlineData(10.0, 3f, 4f)]
    public void ClipGradNorm_Limit_ReturnsTheNormBeforeAndScalesTogether(double limit, float first, float second)
    {
        using var scope = NewDisposeScope();
        var a = nn.Parameter(zeros(2));
        var b = nn.Parameter(zeros(1));
        var unused = nn.Parameter(zeros(1));
        (3 * a.select(0, 0) + 4 * b.select(0, 0)).backward();

        nn.utils.clip_grad_norm_([a, b, unused], limit).ShouldBe(5, 1e-6);

        a.grad!.data<float>()[0].ShouldBe(first, 1e-5f);
        b.grad!.data<float>()[0].ShouldBe(second, 1e-5f);
        unused.grad.ShouldBeNull();
    }

    [Fact]
    public void ClipGradNorm_OtherNorm_IsUsed()
    {
        using var scope = NewDisposeScope();
        var a = nn.Parameter(zeros(2));
        (3 * a.select(0, 0) - 4 * a.select(0, 1)).backward();

        nn.utils.clip_grad_norm_([a], 100, 1.0).ShouldBe(7, 1e-6);
        nn.utils.clip_grad_norm_([a], 100, double.PositiveInfinity).ShouldBe(4, 1e-6);
    }

    [Fact]
    public void ClipGradNorm_NaN_IsReturned()
    {
        using var scope = NewDisposeScope();
        var a = nn.Parameter(zeros(1));
        (a * double.NaN).sum().backward();

        double.IsNaN(nn.utils.clip_grad_norm_([a], 1)).ShouldBeTrue();
    }

    [Fact]
    public void ClipGradNorm_NoGradients_IsZero()
    {
        using var a = nn.Parameter(zeros(1));

        nn.utils.clip_grad_norm_([a], 1).ShouldBe(0);
    }
}
