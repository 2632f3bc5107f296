using Alignment.Core.Numerics;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

public sealed class TokenLogProbsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(11);

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    public static TheoryData<ScalarType, long, double, bool> Cases()
    {
        var data = new TheoryData<ScalarType, long, double, bool>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            foreach (var chunk in new long[] { 1, 3, 4, 12, 13, 1024 }) // 13 rows: remainders, an exact fit, more than all
            {
                data.Add(type, chunk, 1, false);
                data.Add(type, chunk, 0.7, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compute_ValuesAndGradients_EqualTheDenseFormula(ScalarType type, long chunk, double temperature, bool hasBias)
    {
        var tolerance = type == ScalarType.Float64 ? 1e-12 : 1e-5;
        var (hidden, weight, bias) = (Random(type, 13, 6), Random(type, 21, 6), hasBias ? Random(type, 21) : null);
        var targets = randint(0, 21, [13], dtype: ScalarType.Int64, generator: _generator);
        var upstream = randn(13, dtype: type, generator: _generator);
        double? cap = hasBias ? 1.5 : null;

        var expected = Dense(hidden, weight, targets, temperature, bias, cap);
        (expected * upstream).sum().backward();
        var gradients = Gradients(hidden, weight, bias);
        var found = TokenLogProbs.Compute(hidden, weight, targets, temperature, bias, chunk, softCap: cap);
        (found * upstream).sum().backward();

        found.dtype.ShouldBe(type);
        Compare.MaxDifference(found, expected).ShouldBeLessThan(tolerance);
        foreach (var (left, right) in Gradients(hidden, weight, bias).Zip(gradients))
        {
            Compare.MaxDifference(left, right).ShouldBeLessThan(tolerance * 10);
        }
    }

    [Fact]
    public void Compute_Gradients_EqualFiniteDifferences()
    {
        var (hidden, weight) = (Random(ScalarType.Float64, 5, 4), Random(ScalarType.Float64, 9, 4));
        var targets = tensor(new long[] { 0, 8, 3, 3, 5 });
        Loss().backward();

        foreach (var variable in new[] { hidden, weight })
        {
            using var noGrad = no_grad();
            var gradient = variable.grad!;
            for (var i = 0L; i < variable.numel(); i += 3)
            {
                var element = variable.view(-1).narrow(0, i, 1);
                element.add_(1e-6);
                var above = Loss().ToDouble();
                element.sub_(2e-6);
                var below = Loss().ToDouble();
                element.add_(1e-6);

                gradient.view(-1)[i].ToDouble().ShouldBe((above - below) / 2e-6, 1e-8);
            }
        }

        Tensor Loss() => (TokenLogProbs.Compute(hidden, weight, targets, 1.3, chunk: 2) * arange(1, 6, dtype: ScalarType.Float64)).sum();
    }

    [Fact]
    public void Compute_ByHand_IsLogSoftmax()
    {
        // logits of row 0: (1, 0) -> log p(0) = -ln(1 + 1/e); row 1: (0, 2) -> log p(0) = -ln(1 + e²)
        var found = TokenLogProbs.Compute(tensor(new[,] { { 1f, 0f }, { 0f, 2f } }), eye(2), tensor(new long[] { 0, 0 }));

        found.data<float>().ToArray().ShouldBe([(float)-Math.Log(1 + Math.Exp(-1)), (float)-Math.Log(1 + Math.Exp(2))], 1e-6);
    }

    [Fact]
    public void Compute_NoRows_GivesNothingAndZeroGradients()
    {
        var (hidden, weight) = (Random(ScalarType.Float32, 0, 6), Random(ScalarType.Float32, 21, 6));

        var found = TokenLogProbs.Compute(hidden, weight, zeros(0, dtype: ScalarType.Int64));
        found.sum().backward();

        found.shape.ShouldBe([0]);
        hidden.grad!.shape.ShouldBe([0, 6]);
        weight.grad!.abs().sum().ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Compute_LogitsOfAThousand_StayFinite()
    {
        var hidden = tensor(new[,] { { 1000f, -1000f } }).requires_grad_();

        var found = TokenLogProbs.Compute(hidden, eye(2), tensor(new long[] { 1 }));
        found.sum().backward();

        found.ToDouble().ShouldBe(-2000);
        hidden.grad!.data<float>().ToArray().ShouldBe([-1, 1]);
    }

    [Fact]
    public void Compute_BFloat16Products_AreCloseAndGradientsFloat32()
    {
        var (hidden, weight) = (Random(ScalarType.Float32, 13, 32), Random(ScalarType.Float32, 21, 32));
        var targets = randint(0, 21, [13], dtype: ScalarType.Int64, generator: _generator);
        var exact = TokenLogProbs.Compute(hidden, weight, targets);
        exact.sum().backward();
        var gradients = Gradients(hidden, weight, null);

        var rough = TokenLogProbs.Compute(hidden, weight, targets, chunk: 5, computeType: ScalarType.BFloat16);
        rough.sum().backward();

        Compare.MaxDifference(rough, exact).ShouldBeInRange(1e-6, 0.2);
        foreach (var (left, right) in Gradients(hidden, weight, null).Zip(gradients))
        {
            left.dtype.ShouldBe(ScalarType.Float32);
            ((left - right).norm() / right.norm()).ToDouble().ShouldBeInRange(1e-6, 0.03);
        }
    }

    [Fact]
    public void Compute_FrozenWeight_StillGivesTheHiddenStatesGradient()
    {
        var hidden = Random(ScalarType.Float32, 3, 6);
        var weight = Random(ScalarType.Float32, 21, 6).detach();

        TokenLogProbs.Compute(hidden, weight, tensor(new long[] { 1, 2, 3 })).sum().backward();

        hidden.grad!.abs().sum().ToDouble().ShouldBeGreaterThan(0);
        weight.grad.ShouldBeNull();
    }

    [Fact]
    public void Compute_UnderNoGrad_HasNoGraph()
    {
        using var noGrad = no_grad();

        TokenLogProbs.Compute(Random(ScalarType.Float32, 3, 6), Random(ScalarType.Float32, 21, 6), tensor(new long[] { 1, 2, 3 })).requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Compute_InputsThatDoNotFit_AreNamed()
    {
        var (hidden, weight, targets) = (zeros(3, 6), zeros(21, 6), zeros(3, dtype: ScalarType.Int64));

        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(zeros(3, 5), weight, targets)).Message.ShouldContain("[3, 5]");
        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(hidden, weight, zeros(4, dtype: ScalarType.Int64))).Message.ShouldContain("Int64 [4]");
        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(hidden, weight, zeros(3))).Message.ShouldContain("Float32");
        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(hidden, weight, targets, bias: zeros(20))).Message.ShouldContain("[20]");
        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(hidden, weight, targets, temperature: 0)).Message.ShouldContain("temperature");
        Should.Throw<ArgumentException>(() => TokenLogProbs.Compute(hidden, weight, targets, chunk: 0)).Message.ShouldContain("chunk");
    }

    [Fact]
    public void Compute_ManySteps_LeavesNoTensorBehind()
    {
        var (hidden, weight) = (Random(ScalarType.Float32, 13, 6), Random(ScalarType.Float32, 21, 6));
        var targets = randint(0, 21, [13], dtype: ScalarType.Int64, generator: _generator);
        Step();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 200; i++)
        {
            Step();
        }

        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);

        void Step()
        {
            using var scope = NewDisposeScope();
            TokenLogProbs.Compute(hidden, weight, targets, chunk: 4).sum().backward();
            TokenStatistics.Compute(hidden, weight, targets, chunk: 4);
        }
    }

    /// <summary>The whole [N, V] matrix at once.</summary>
    private static Tensor Dense(Tensor hidden, Tensor weight, Tensor targets, double temperature, Tensor? bias, double? cap = null)
    {
        var logits = hidden.matmul(weight.t());
        logits = bias is null ? logits : logits + bias;
        logits = (cap is null ? logits : cap.Value * (logits / cap.Value).tanh()) / temperature;
        return nn.functional.log_softmax(logits, 1).gather(1, targets.unsqueeze(1)).squeeze(1);
    }

    private static List<Tensor> Gradients(params Tensor?[] variables)
    {
        var gradients = new List<Tensor>();
        foreach (var variable in variables.OfType<Tensor>())
        {
            gradients.Add(variable.grad!.clone());
            variable.grad = null;
        }

        return gradients;
    }

    private Tensor Random(ScalarType type, params long[] shape) => randn(shape, dtype: type, generator: _generator).requires_grad_();
}
