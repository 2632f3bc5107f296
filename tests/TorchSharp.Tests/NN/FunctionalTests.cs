using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.NN;

public sealed class FunctionalTests
{
    [Fact]
    public void CrossEntropy_IgnoredTarget_IsNotInTheMean()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 0, 0 }, { 100, 0 }, { 0, (float)Math.Log(3) } });
        var target = tensor(new long[] { 0, -100, 1 });

        // -ln ½ and -ln ¾; the middle row would cost nothing but would count
        var expected = (Math.Log(2) - Math.Log(0.75)) / 2;
        F.cross_entropy(logits, target).ToDouble().ShouldBe(expected, 1e-6);
        F.cross_entropy(logits, target, reduction: nn.Reduction.Sum).ToDouble().ShouldBe(2 * expected, 1e-6);
        F.cross_entropy(logits, target, reduction: nn.Reduction.None).data<float>()[1].ShouldBe(0);
        F.cross_entropy(logits, tensor(new long[] { 0, 7, 1 }), ignore_index: 7).ToDouble().ShouldBe(expected, 1e-6);
    }

    [Fact]
    public void LogSoftmax_Logits_IsTheLogOfSoftmax()
    {
        using var scope = NewDisposeScope();
        var logits = randn(4, 5);

        F.softmax(logits, 1).log().allclose(F.log_softmax(logits, 1), 1e-4, 1e-5).ShouldBeTrue();
        F.softmax(logits, 1, ScalarType.Float64).dtype.ShouldBe(ScalarType.Float64);
    }

    [Fact]
    public void Activations_AtTwo_HaveTheirValues()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 2 });
        var sigmoid = 1 / (1 + Math.Exp(-2));

        F.silu(x).ToDouble().ShouldBe(2 * sigmoid, 1e-12);
        F.logsigmoid(x).ToDouble().ShouldBe(Math.Log(sigmoid), 1e-12);
        F.relu(-x).ToDouble().ShouldBe(0);
        F.gelu(x).ToDouble().ShouldBe(1.9544997361036416, 1e-12); // 2 Φ(2)
        var tanh = Math.Tanh(Math.Sqrt(2 / Math.PI) * (2 + 0.044715 * 8));
        F.gelu(x, Modules.GELU.Approximate.tanh).ToDouble().ShouldBe(1 + tanh, 1e-12);
    }

    [Fact]
    public void InPlace_Activation_ChangesAndReturnsItsArgument()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { -1, 1 });

        ReferenceEquals(F.relu(x, inplace: true), x).ShouldBeTrue();
        x.data<float>().ToArray().ShouldBe([0, 1]);
        ReferenceEquals(F.dropout(x, 1.0, training: true, inplace: true), x).ShouldBeTrue();
        x.data<float>().ToArray().ShouldBe([0, 0]);
    }
}
