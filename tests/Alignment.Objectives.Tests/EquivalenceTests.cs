using Alignment.Objectives.Pairwise;
using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

/// <summary>Objectives that are each other's special cases.</summary>
public class EquivalenceTests
{
    private static Tensor Chosen => tensor(new[] { -3.1, -1.2 });

    private static Tensor Rejected => tensor(new[] { -2.4, -4.5 });

    private static PairLogProbs Policy => new(Chosen, Rejected);

    private static PairLogProbs Reference => new(tensor(new[] { -3.0, -1.6 }), tensor(new[] { -2.2, -3.9 }));

    [Fact]
    public void Kto_BalancedWithoutKl_IsHalfOfApoZero()
    {
        var kto = KtoLoss.Compute(cat([Chosen, Rejected]), cat([Reference.Chosen, Reference.Rejected]), tensor(new[] { true, true, false, false }), 0.3);
        var apo = DpoLoss.Compute(Policy, Reference, 0.3, DpoLossKind.ApoZero).Losses;
        kto.mean().ToDouble().ShouldBe(apo.mean().ToDouble() / 2, 1e-15);
    }

    [Fact]
    public void KtoAndBco_BaselineThatIsNoScalar_IsAnError()
    {
        var (policy, reference, desirable) = (Chosen, Reference.Chosen, tensor(new[] { true, false }));
        Should.Throw<ArgumentException>(() => KtoLoss.Compute(policy, reference, desirable, 0.3, tensor(new[] { 0.1 }))).Message.ShouldContain("must be a scalar, got [1]");
        Should.Throw<ArgumentException>(() => BcoLoss.Compute(policy, reference, desirable, 0.3, zeros(2, 1))).Message.ShouldContain("must be a scalar, got [2, 1]");
        Should.Throw<ArgumentException>(() => BcoLoss.Compute(policy, reference, desirable, 0.3, tensor(0.1).requires_grad_())).Message.ShouldContain("gradient");
    }

    [Fact]
    public void Dpo_BetaToZero_IsTheLinearLossOfTheMargin()
    {
        // -log sigma(x) = ln 2 - x/2 + x^2/8: (ln 2 - L) / beta -> h / 2.
        const double beta = 1e-6;
        var slope = (Math.Log(2) - DpoLoss.Compute(Policy, Reference, beta).Losses) / beta;
        var h = Policy.Chosen - Reference.Chosen - (Policy.Rejected - Reference.Rejected);
        (slope - h / 2).abs().max().ToDouble().ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData(DpoLossKind.Robust)]
    [InlineData(DpoLossKind.Aot)]
    [InlineData(DpoLossKind.AotUnpaired)]
    public void Dpo_FormsThatReduceToSigmoid_OfOnePair(DpoLossKind kind)
    {
        var policy = new PairLogProbs(Chosen[..1], Rejected[..1]);
        var reference = new PairLogProbs(Reference.Chosen[..1], Reference.Rejected[..1]);
        DpoLoss.Compute(policy, reference, 0.3, kind).Losses.ToDouble().ShouldBe(DpoLoss.Compute(policy, reference, 0.3).Losses.ToDouble(), 1e-15);
    }

    [Fact]
    public void Dpo_AlphaDivergenceAtOne_IsTheReverseKl()
    {
        var options = new DpoLossOptions { Divergence = FDivergence.AlphaDivergence, DivergenceAlpha = 1 };
        Equal(DpoLoss.Compute(Policy, Reference, options).Losses, DpoLoss.Compute(Policy, Reference, 0.1).Losses);
    }

    [Fact]
    public void Dpo_SeveralForms_IsTheirWeightedSum()
    {
        var both = DpoLoss.Compute(Policy, Reference, new DpoLossOptions { Losses = [DpoLossKind.Sigmoid, DpoLossKind.BcoPair], Weights = [0.8, 0.2] }).Losses;
        Equal(both, 0.8 * DpoLoss.Compute(Policy, Reference, 0.1).Losses + 0.2 * DpoLoss.Compute(Policy, Reference, 0.1, DpoLossKind.BcoPair).Losses);
    }

    [Fact]
    public void Dpo_Margin_MovesTheLogistic()
    {
        var margins = tensor(new[] { 0.5, 0 });
        var losses = DpoLoss.Compute(Policy, Reference, new DpoLossOptions { Beta = 0.3 }, margins: margins).Losses;
        // h = (-0.1) - (-0.2) = 0.1 and 0.4 - (-0.6) = 1; 0.3 h - m = -0.47 and 0.3: softplus(0.47) = 0.9555277, softplus(-0.3) = 0.5543552.
        losses[0].ToDouble().ShouldBe(Math.Log(1 + Math.Exp(0.47)), 1e-12);
        losses[1].ToDouble().ShouldBe(Math.Log(1 + Math.Exp(-0.3)), 1e-12);
    }

    [Theory]
    [InlineData(DpoLossKind.Ipo)]
    [InlineData(DpoLossKind.NcaPair)]
    public void Dpo_MarginWithoutAPlace_IsAnError(DpoLossKind kind) =>
        Should.Throw<ArgumentException>(() => DpoLoss.Compute(Policy, Reference, new DpoLossOptions { Losses = [kind], IpoLengthNorm = false }, margins: tensor(new[] { 0.5, 0 })))
            .Message.ShouldContain("has no place for a margin");

    [Theory]
    [InlineData(DpoLossKind.NcaPair)]
    [InlineData(DpoLossKind.ApoDown)]
    [InlineData(DpoLossKind.Discopop)]
    public void Dpo_LabelZero_IsTheExchangedPair(DpoLossKind kind)
    {
        var zero = DpoLoss.Compute(Policy, Reference, 0.3, kind, labels: tensor(new[] { 0.0, 0 })).Losses;
        Equal(zero, DpoLoss.Compute(Policy.Swapped, Reference.Swapped, 0.3, kind).Losses);
    }

    [Fact]
    public void Dpo_WithoutReference_IsAgainstZeros() =>
        Equal(DpoLoss.Compute(Policy, null, new DpoLossOptions()).Losses, DpoLoss.Compute(Policy, new(zeros_like(Chosen), zeros_like(Rejected)), 0.1).Losses);

    [Fact]
    public void SimPo_WithoutMargin_IsSigmoidNormWithoutReference()
    {
        var lengths = new PairLogProbs(tensor(new[] { 2.0, 4 }), tensor(new[] { 3.0, 1 }));
        var simpo = CpoLoss.Compute(new(Chosen / lengths.Chosen, Rejected / lengths.Rejected), CpoLossKind.Simpo, 2, gamma: 0).Losses;
        Equal(simpo, DpoLoss.Compute(Policy, null, new DpoLossOptions { Losses = [DpoLossKind.SigmoidNorm], Beta = 2 }, lengths: lengths).Losses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(-0.1)]
    public void SigmoidNorm_WithAlphaAndMargin_IsAlphaPo(double alpha)
    {
        // -log sigma(beta * (r_w - r_l) - gamma), with the margin as gamma.
        var lengths = new PairLogProbs(tensor(new[] { 2.0, 4 }), tensor(new[] { 3.0, 1 }));
        var options = new DpoLossOptions { Losses = [DpoLossKind.SigmoidNorm], Beta = 2, RewardAlpha = alpha };
        var alphaPo = CpoLoss.Compute(new(Chosen / lengths.Chosen, Rejected / lengths.Rejected), CpoLossKind.Simpo, 2, gamma: 0.5, alpha: alpha).Losses;
        Equal(DpoLoss.Compute(Policy, null, options, lengths: lengths, margins: tensor(new[] { 0.5, 0.5 })).Losses, alphaPo);
    }

    [Theory]
    [InlineData(CpoLossKind.Sigmoid, DpoLossKind.Sigmoid)]
    [InlineData(CpoLossKind.Hinge, DpoLossKind.Hinge)]
    [InlineData(CpoLossKind.Ipo, DpoLossKind.Ipo)]
    public void Cpo_IsDpoWithoutReference(CpoLossKind cpo, DpoLossKind dpo)
    {
        var lengths = new PairLogProbs(tensor(new[] { 2.0, 4 }), tensor(new[] { 3.0, 1 }));
        var read = CpoLoss.IsPerToken(cpo) ? new PairLogProbs(Chosen / lengths.Chosen, Rejected / lengths.Rejected) : Policy;
        Equal(CpoLoss.Compute(read, cpo, 0.3).Losses, DpoLoss.Compute(Policy, null, new DpoLossOptions { Losses = [dpo], Beta = 0.3 }, lengths: lengths).Losses);
    }

    [Fact]
    public void Grpo_SequenceToken_HasTheValueOfGspoAndTheGradientOfEachToken()
    {
        var current = tensor(new[] { -1.0, -0.5, -0.3, -0.9 }, [2, 2], requires_grad: true);
        var (old, advantages, mask) = (tensor(new[] { -0.95, -0.55, -0.35, -0.8 }, [2, 2]), tensor(new[] { 0.5, -1 }), ones(2, 2).ne(0));
        Tensor Losses(RatioLevel level) => GrpoLoss.Rows(GrpoLoss.PerToken(current, old, advantages, mask, new GrpoLossOptions { Level = level }).Losses, mask, GrpoLossKind.Grpo, 2);
        Equal(Losses(RatioLevel.SequenceToken), Losses(RatioLevel.Sequence));
        // With one advantage for all tokens of a response the gradients agree, too.
        Equal(autograd.grad([Losses(RatioLevel.SequenceToken).sum()], [current])[0], autograd.grad([Losses(RatioLevel.Sequence).sum()], [current])[0]);
    }

    [Fact]
    public void Grpo_GroupOfTwo_IsRlooTimesAHalf()
    {
        // Unscaled advantages of two are half the leave-one-out ones; at ratio 1 the gradients of both losses differ by that factor.
        var logProbs = tensor(new[] { -1.0, -0.5 }, [2, 1], requires_grad: true);
        var (rewards, mask) = (tensor(new[] { 1.0, -2 }), ones(2, 1).ne(0));
        var grpo = GrpoLoss.PerToken(logProbs, null, GroupAdvantages.Normalized(rewards, 2, AdvantageScale.None), mask, new GrpoLossOptions { Kind = GrpoLossKind.Grpo }).Losses;
        var rloo = RlooLoss.Compute(logProbs.sum(dim: 1), logProbs.detach().sum(dim: 1), GroupAdvantages.LeaveOneOut(rewards, 2)).Losses;
        Equal(2 * autograd.grad([grpo.sum()], [logProbs])[0], autograd.grad([rloo.sum()], [logProbs])[0]);
    }

    [Fact]
    public void Ppo_WithoutClipping_IsImportanceWeightedReinforce()
    {
        // A clip range that nothing reaches: the gradient is rho * A * grad log pi.
        var logProbs = tensor(new[] { -0.9, -1.3, -0.2, -2.1 }, [2, 2], requires_grad: true);
        var (old, advantages, mask) = (tensor(new[] { -1.1, -1.0, -0.4, -2.0 }, [2, 2]), tensor(new[] { 0.4, -1, 0.2, 0.7 }, [2, 2]), ones(2, 2).ne(0));
        var ppo = autograd.grad([PpoLoss.Policy(logProbs, old, advantages, 1e9).Losses.sum()], [logProbs])[0];
        var weighted = advantages * (logProbs.detach() - old).exp();
        Equal(ppo, autograd.grad([ReinforceLoss.Compute(logProbs, weighted, mask).sum()], [logProbs])[0]);
    }

    [Fact]
    public void AlphaPo_SmallAlpha_IsSimPo()
    {
        var alpha = CpoLoss.Compute(Policy, CpoLossKind.Simpo, 2, alpha: 1e-9).Losses;
        (alpha - CpoLoss.Compute(Policy, CpoLossKind.Simpo, 2).Losses).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void LengthDesensitization_AlphaOne_KeepsTheSums()
    {
        var mask = tensor(new[] { true, true, true, false, true, false }, [2, 3]);
        Equal(LengthDesensitization.TokenWeights(mask, 1), mask.to_type(ScalarType.Float64));
        Equal(LengthDesensitization.TokenWeights(mask, 0.4), tensor(new[] { 1, 0.4, 0.4, 0, 1, 0 }, [2, 3]));
        LengthDesensitization.TokenWeights(3, 1, 0.4).ShouldBe([1, 0.4, 0.4]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void GroupAdvantages_LeaveOneOut_IsTheUnscaledOneTimesAFactor(int group)
    {
        var rewards = tensor(new[] { 1.0, -2, 0.5, 3 });
        Equal(GroupAdvantages.LeaveOneOut(rewards, group), GroupAdvantages.Normalized(rewards, group, AdvantageScale.None) * ((double)group / (group - 1)));
    }

    [Fact]
    public void GroupAdvantages_ResponseWithoutScore_HasNoneAndChangesNoOther()
    {
        var rewards = tensor(new[] { 1.0, double.NaN, 2, 6 });
        var three = tensor(new[] { 1.0, 2, 6 });
        var kept = tensor(new long[] { 0, 2, 3 });
        foreach (var (all, some) in new[]
        {
            (GroupAdvantages.Normalized(rewards, 4), GroupAdvantages.Normalized(three, 3)),
            (GroupAdvantages.LeaveOneOut(rewards, 4), GroupAdvantages.LeaveOneOut(three, 3)),
        })
        {
            all[1].ToDouble().ShouldBe(0);
            Equal(all.index_select(0, kept), some);
        }
    }

    [Fact]
    public void Ppo_FirstPass_HasTheGradientOfReinforceWithTheSameAdvantages()
    {
        var logProbs = tensor(new[] { -0.9, -1.3, -0.2, -2.1 }, [2, 2], requires_grad: true);
        var mask = ones(2, 2).ne(0);
        var (advantages, _) = GeneralizedAdvantage.Compute(tensor(new[] { 0.1, 1, -0.2, 0.4 }, [2, 2]), tensor(new[] { 0.3, 0.2, -0.1, 0.5 }, [2, 2]), 0.99, 0.9);
        var ppo = autograd.grad([PpoLoss.Policy(logProbs, logProbs.detach(), advantages, 0.2).Losses.sum()], [logProbs])[0];
        var reinforce = autograd.grad([ReinforceLoss.Compute(logProbs, advantages, mask).sum()], [logProbs])[0];
        Equal(ppo, reinforce);
    }

    [Fact]
    public void Grpo_SequenceLevelOfOneToken_IsTokenLevel()
    {
        var (current, old, advantages, mask) = (tensor(new[] { -1.0, -0.5 }, [2, 1]), tensor(new[] { -0.8, -0.9 }, [2, 1]), tensor(new[] { 0.5, -1 }), ones(2, 1).ne(0));
        var token = GrpoLoss.PerToken(current, old, advantages, mask, new GrpoLossOptions());
        Equal(token.Losses, GrpoLoss.PerToken(current, old, advantages, mask, new GrpoLossOptions { Level = RatioLevel.Sequence }).Losses);
    }

    [Theory]
    [InlineData(GrpoLossKind.Grpo)]
    [InlineData(GrpoLossKind.Bnpo)]
    [InlineData(GrpoLossKind.DrGrpo)]
    [InlineData(GrpoLossKind.Dapo)]
    [InlineData(GrpoLossKind.Luspo)]
    [InlineData(GrpoLossKind.Luspo, RatioLevel.Sequence)]
    public void Grpo_PaddingChangesNothing(GrpoLossKind kind, RatioLevel level = RatioLevel.Token)
    {
        var options = new GrpoLossOptions { Beta = 0.1, Level = level };
        var narrow = tensor(new[] { -1.0, -0.5 }, [1, 2]);
        var wide = tensor(new[] { -1.0, -0.5, double.PositiveInfinity }, [1, 3]);
        Tensor Loss(Tensor logProbs, Tensor mask) => GrpoLoss.Rows(GrpoLoss.PerToken(logProbs, logProbs * 1.1, tensor(new[] { 0.7 }), mask, options, logProbs * 0.9).Losses, mask, kind, 8);
        Equal(Loss(narrow, ones(1, 2).ne(0)), Loss(wide, tensor(new[] { true, true, false }, [1, 3])));
    }

    [Fact]
    public void Ranking_OfTwo_IsBradleyTerryAndTheBestOfTwo()
    {
        var rewards = tensor(new[] { 1.0, -0.4, 0.3, 0.8 }, [2, 2]);
        var pairs = BradleyTerryLoss.Compute(tensor(new[] { 1.0, 0.3 }), tensor(new[] { -0.4, 0.8 }));
        Equal(RankingLoss.Compute(rewards), pairs);
        Equal(BestOfLoss.Compute(rewards, zeros(2, dtype: ScalarType.Int64)), pairs);
    }

    [Fact]
    public void Ranking_TiesAndMissingAnswers_AreNoPairs()
    {
        // answers 1 and 2 share the second place, answer 3 is missing: two pairs, 0 over 1 and 0 over 2.
        var loss = RankingLoss.Compute(tensor(new[] { 2.0, 1, 0, 9 }, [1, 4]), tensor(new long[] { 0, 1, 1, -1 }, [1, 4]));
        loss.ToDouble().ShouldBe((Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(-2))) / 2, 1e-12);
    }

    [Fact]
    public void GeneralizedJsd_Half_IsSymmetricAndZeroForEquals()
    {
        var (student, teacher) = (tensor(new[] { 0.1, 1, -0.5 }, [1, 3]), tensor(new[] { 0.7, -0.3, 0.2 }, [1, 3]));
        Equal(GeneralizedJsd.Compute(student, teacher), GeneralizedJsd.Compute(teacher, student));
        GeneralizedJsd.Compute(student, student).ToDouble().ShouldBe(0, 1e-15);
    }

    [Fact]
    public void RunningMoments_OfTwoBatches_AreThoseOfAll()
    {
        var (first, second) = (tensor(new[] { 1.0, 2, 4 }), tensor(new[] { -3.0, 0.5 }));
        var moments = RunningMoments.Start.With(first).With(second);
        // mean 4.5 / 5 = 0.9; squares around it: 0.01 + 1.21 + 9.61 + 15.21 + 0.16 = 26.2; 26.2 / 5 = 5.24
        moments.Mean.ShouldBe(0.9, 1e-6);
        moments.Variance.ShouldBe(5.24, 1e-5);
        moments.Count.ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void AtReference_IsWhatTheFormGivesThere(DpoLossKind kind)
    {
        var options = new DpoLossOptions { Losses = [kind], Beta = 0.3, LabelSmoothing = kind == DpoLossKind.ExoPair ? 0.1 : 0 };
        var lengths = new PairLogProbs(tensor(new[] { 2.0, 4 }), tensor(new[] { 3.0, 1 }));
        DpoLoss.Compute(Policy, Policy, options, lengths: lengths).Losses.mean().ToDouble().ShouldBe(PairwiseLosses.Of(kind).AtReference!(options), 1e-6);
    }

    public static TheoryData<DpoLossKind> Forms => [.. PairwiseLosses.All.Where(loss => loss.AtReference is not null).Select(loss => loss.Kind)];

    private static void Equal(Tensor actual, Tensor expected) => (actual - expected).abs().max().ToDouble().ShouldBeLessThan(1e-12);
}
