using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

public sealed class TokenDivergenceTests
{
    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(null, null)]
    [InlineData(2, 1.5)]
    public void Compute_AnyChunk_IsTheDenseDivergence(int? chunk, double? softCap)
    {
        // Two models of other widths over eleven tokens, in float64.
        var p = Random(7, 5, bias: true, softCap);
        var q = Random(7, 3, bias: false, null);
        var (own, other) = (Dense(p), Dense(q));
        var expected = (own.exp() * (own - other)).sum(dim: 1);

        var kl = TokenDivergence.Compute(p, q, temperature: 0.7, chunk);

        (kl - expected).abs().max().item<double>().ShouldBeLessThan(1e-13);
        kl.min().item<double>().ShouldBeGreaterThan(0);
        kl.requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Compute_TheSameModel_IsZero()
    {
        var p = Random(4, 5, bias: true, null);
        TokenDivergence.Compute(p, p).abs().max().item<double>().ShouldBe(0);
    }

    [Fact]
    public void Compute_OtherVocabulary_IsAnError() =>
        Should.Throw<ArgumentException>(() => TokenDivergence.Compute(Random(2, 3, bias: false, null), Random(2, 3, bias: false, null, vocabulary: 9))).Message.ShouldContain("over 11 tokens");

    private static Tensor Dense(NextTokens next)
    {
        var logits = next.Hidden.mm(next.Weight.t());
        logits = next.Bias is null ? logits : logits + next.Bias;
        logits = next.SoftCap is { } cap ? cap * (logits / cap).tanh() : logits;
        return (logits / 0.7).log_softmax(1);
    }

    private static NextTokens Random(int rows, int width, bool bias, double? softCap, int vocabulary = 11)
    {
        using var generator = new Generator(1, CPU);
        generator.manual_seed(rows + width);
        Tensor Draw(params long[] shape) => randn(shape, dtype: ScalarType.Float64, generator: generator);
        return new(Draw(rows, width), Draw(vocabulary, width), bias ? Draw(vocabulary) : null, ScalarType.Float64, softCap);
    }
}
