using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class KlEstimatorsTests
{
    [Theory]
    [InlineData(KlEstimator.K1, -0.5)]       // log pi - log ref = -1.5 + 1
    [InlineData(KlEstimator.K2, 0.125)]      // 0.5^2 / 2
    [InlineData(KlEstimator.K3, 0.1487213)]  // e^0.5 - 1 - 0.5
    [InlineData(KlEstimator.Abs, 0.5)]
    public void PerToken_HandValues(KlEstimator estimator, double expected) =>
        KlEstimators.PerToken(tensor(new[] { -1.5 }), tensor(new[] { -1.0 }), estimator).ToDouble().ShouldBe(expected, 1e-7);

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K3)]
    public void PerToken_ExpectationOverThePolicy_IsTheDivergence(KlEstimator estimator)
    {
        var policy = tensor(new[] { 0.7, 0.2, 0.1 });
        var reference = tensor(new[] { 0.5, 0.25, 0.25 });
        var divergence = (policy * (policy / reference).log()).sum().ToDouble();
        (policy * KlEstimators.PerToken(policy.log(), reference.log(), estimator)).sum().ToDouble().ShouldBe(divergence, 1e-12);
    }

    [Fact]
    public void Full_IsTheExpectationOfK1_AndZeroForTheSameDistribution()
    {
        var (logits, reference) = (tensor(new[] { 0.7, -0.2, 1.1 }, [1, 3]), tensor(new[] { 0.1, 0.4, -0.6 }, [1, 3]));
        var policy = logits.softmax(-1);
        var expected = (policy * KlEstimators.PerToken(logits.log_softmax(-1), reference.log_softmax(-1), KlEstimator.K1)).sum().ToDouble();
        KlEstimators.Full(logits, reference).ToDouble().ShouldBe(expected, 1e-15);
        KlEstimators.Full(logits, logits + 3).ToDouble().ShouldBe(0, 1e-15);
        Should.Throw<ArgumentException>(() => KlEstimators.PerToken(logits, reference, KlEstimator.Full));
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void PerToken_SameModel_IsZero(KlEstimator estimator) =>
        KlEstimators.PerToken(full(3, -2.5), full(3, -2.5), estimator).abs().max().ToDouble().ShouldBe(0);
}
