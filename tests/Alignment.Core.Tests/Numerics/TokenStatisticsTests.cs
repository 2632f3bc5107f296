using Alignment.Core.Numerics;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

public sealed class TokenStatisticsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(4, 0.7)]
    [InlineData(100, 2.0)]
    public void Compute_EqualsTheDenseFormulas(long chunk, double temperature)
    {
        using var generator = new Generator(3);
        var hidden = randn(9, 6, generator: generator);
        var weight = randn(21, 6, generator: generator);
        var targets = hidden.matmul(weight.t()).argmax(1); // every other row is made wrong
        targets[TensorIndex.Slice(0, 9, 2)] = (targets[TensorIndex.Slice(0, 9, 2)] + 1) % 21;

        var found = TokenStatistics.Compute(hidden, weight, targets, temperature, chunk: chunk);

        var logits = hidden.matmul(weight.t()) / temperature;
        var logProbs = nn.functional.log_softmax(logits, 1);
        Compare.MaxDifference(found.LogProb, logProbs.gather(1, targets.unsqueeze(1)).squeeze(1)).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(found.Entropy, -(logProbs.exp() * logProbs).sum(1)).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(found.MeanLogit, logits.mean([1])).ShouldBeLessThan(1e-5);
        found.Correct.data<bool>().ToArray().ShouldBe(Enumerable.Range(0, 9).Select(row => row % 2 == 1));
    }

    [Fact]
    public void Compute_UniformOverFour_HasEntropyLnFour()
    {
        var found = TokenStatistics.Compute(zeros(1, 2), ones(4, 2), zeros(1, dtype: ScalarType.Int64));

        found.Entropy.ToDouble().ShouldBe(Math.Log(4), 1e-6);
        found.LogProb.ToDouble().ShouldBe(-Math.Log(4), 1e-6);
    }

    [Fact]
    public void Compute_ImpossibleToken_CountsNothingInTheEntropy()
    {
        var found = TokenStatistics.Compute(ones(1, 1), zeros(3, 1), zeros(1, dtype: ScalarType.Int64), bias: tensor(new[] { 0f, 0f, float.NegativeInfinity }));

        found.Entropy.ToDouble().ShouldBe(Math.Log(2), 1e-6);
    }

    [Fact]
    public void Compute_NoRows_GivesEmptyTensors()
    {
        var found = TokenStatistics.Compute(zeros(0, 2), ones(4, 2), zeros(0, dtype: ScalarType.Int64));

        found.Entropy.shape.ShouldBe([0]);
        found.Correct.shape.ShouldBe([0]);
    }
}
