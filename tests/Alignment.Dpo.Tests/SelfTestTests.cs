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

    [Theory]
    [InlineData(UnpairedLossKind.Kto, 0.5)]
    [InlineData(UnpairedLossKind.ApoZeroUnpaired, 0.5)]
    [InlineData(UnpairedLossKind.Bco, 0.6931471805599453)]
    public void Check_UnpairedPolicyIsTheReference_HasTheKnownLossAndAnyOtherIsRefused(UnpairedLossKind kind, double loss)
    {
        using var scope = NewDisposeScope();
        var options = TinyPairs.Options with { Unpaired = kind };
        SelfTest.ExpectedLoss(options)!.Value.ShouldBe(loss, 1e-12);
        if (kind != UnpairedLossKind.Bco)
        {
            SelfTest.ExpectedLoss(options with { DesirableWeight = 2 }).ShouldBeNull(); // good and bad responses then have other losses
        }

        var same = new PairLogProbs(tensor(new[] { -8.0, -12.0 }), tensor(new[] { -9.0, -7.0 }));
        SelfTest.Check(Computed(same), options);
        Should.Throw<InvalidDataException>(() => SelfTest.Check(Computed(same with { Chosen = tensor(new[] { -8.0, -12.001 }) }), options)).Message.ShouldContain("self test before step 1");

        DpoLossResult Computed(PairLogProbs policy)
        {
            var good = tensor(new[] { true, false });
            var losses = kind == UnpairedLossKind.Bco
                ? BcoLoss.Compute(policy.Chosen, same.Chosen, good, options.Beta, 0)
                : KtoLoss.Compute(policy.Chosen, same.Chosen, good, options.Beta, 0, 1, 1);
            return new(losses, options.Beta * (policy.Chosen - same.Chosen), options.Beta * (policy.Rejected - same.Rejected));
        }
    }

    private static DpoOptions Options(DpoLossKind kind) => TinyPairs.Options with { Loss = [kind], IpoLengthNorm = false };

    private static DpoLossResult Result(DpoLossKind kind, double off)
    {
        var reference = new PairLogProbs(tensor(new[] { -8.0, -12.0 }), tensor(new[] { -9.0, -7.0 }));
        var policy = reference with { Chosen = tensor(new[] { -8.0, -12.0 + off }) };
        return DpoLoss.Compute(policy, reference, beta: 0.1, kind);
    }
}
