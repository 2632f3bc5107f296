using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo.Tests;

public sealed class SelfTestTests
{
    [Theory]
    [InlineData(DpoLossKind.Sigmoid)]
    [InlineData(DpoLossKind.Hinge)]
    [InlineData(DpoLossKind.Ipo)]
    public void Check_PolicyIsTheReference_Passes(DpoLossKind kind)
    {
        using var scope = NewDisposeScope();
        SelfTest.Check(Result(kind, off: 0), Options(kind));
    }

    [Theory]
    [InlineData(DpoLossKind.Sigmoid)]
    [InlineData(DpoLossKind.Hinge)]
    [InlineData(DpoLossKind.Ipo)]
    public void Check_OneResponseIsOff_Refuses(DpoLossKind kind)
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<InvalidDataException>(() => SelfTest.Check(Result(kind, off: 1e-3), Options(kind)));
        error.Message.ShouldContain("self test before step 1");
        error.Message.ShouldContain("reference.safetensors");
    }

    [Fact]
    public void Check_BothResponsesAreOffAlike_Refuses()
    {
        // h stays 0 and the loss ln 2: only the rewards show it.
        using var scope = NewDisposeScope();
        var (same, off) = (tensor(new[] { -8.0 }), tensor(new[] { -8.001 }));
        var result = DpoLoss.Compute(new(off, off), new(same, same), beta: 0.1);
        result.Losses.item<double>().ShouldBe(Math.Log(2), 1e-9);
        Should.Throw<InvalidDataException>(() => SelfTest.Check(result, Options(DpoLossKind.Sigmoid)));
    }

    [Fact]
    public void ExpectedLoss_SeveralForms_IsTheirWeightedSumAndUnknownWithALikelihood()
    {
        var options = Options(DpoLossKind.Sigmoid) with { Loss = [DpoLossKind.Sigmoid, DpoLossKind.BcoPair], LossWeights = [0.8, 0.2] };
        SelfTest.ExpectedLoss(options)!.Value.ShouldBe(1.2 * Math.Log(2), 1e-12);
        SelfTest.ExpectedLoss(options with { Loss = [DpoLossKind.Sigmoid, DpoLossKind.Sft] }).ShouldBeNull();
        SelfTest.ExpectedLoss(options with { Margin = 1 }).ShouldBeNull();
    }

    private static DpoOptions Options(DpoLossKind kind) => TinyPairs.Options with { Loss = [kind], IpoLengthNorm = false };

    private static DpoLossResult Result(DpoLossKind kind, double off)
    {
        var reference = new PairLogProbs(tensor(new[] { -8.0, -12.0 }), tensor(new[] { -9.0, -7.0 }));
        var policy = reference with { Chosen = tensor(new[] { -8.0, -12.0 + off }) };
        return DpoLoss.Compute(policy, reference, beta: 0.1, kind);
    }
}
