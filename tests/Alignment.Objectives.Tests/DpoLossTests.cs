using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class DpoLossTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.Part("dpo").GetProperty("cases").GetArrayLength())];

    // Policy log-ratios against a zero reference: h = (-1) - (-3) = 2 and h = (-2) - (-1) = -1.
    private static PairLogProbs Policy() => new(tensor(new[] { -1.0, -2 }, requires_grad: true), tensor(new[] { -3.0, -1 }, requires_grad: true));

    private static PairLogProbs Zeros() => new(zeros(2, dtype: ScalarType.Float64), zeros(2, dtype: ScalarType.Float64));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compute_TrlGolden_LossRewardsAndGradientAgree(int index)
    {
        using var scope = NewDisposeScope();
        var inputs = Golden.Part("dpo").GetProperty("inputs");
        var golden = Golden.Part("dpo").GetProperty("cases")[index];
        var config = golden.GetProperty("config");
        var logits = Golden.Array(inputs.GetProperty("logits"), requiresGrad: true);
        var ids = Golden.Array(inputs.GetProperty("input_ids")).to_type(ScalarType.Int64);
        var mask = Golden.Array(inputs.GetProperty("completion_mask"));
        var policy = Sequences(logits, ids, mask);
        var reference = Sequences(Golden.Array(inputs.GetProperty("ref_logits")), ids, mask);
        var kind = Enum.Parse<DpoLossKind>(config.GetProperty("loss_types")[0].GetString()!, ignoreCase: true);
        var counts = mask[TensorIndex.Colon, TensorIndex.Slice(1)].sum(1);

        var result = DpoLoss.Compute(
            Halves(policy), Halves(reference), config.GetProperty("beta").GetDouble(), kind, lengths: Halves(counts));
        var loss = result.Losses.mean();
        loss.backward();

        loss.ToDouble().ShouldMatch(golden.GetProperty("loss").GetDouble(), "loss");
        logits.grad!.norm().ToDouble().ShouldMatch(golden.GetProperty("grad_logits_l2").GetDouble(), "gradient");
        result.ChosenRewards.mean().ToDouble().ShouldMatch(golden.GetProperty("metrics").GetProperty("rewards/chosen").GetDouble(), "chosen");
        result.RejectedRewards.mean().ToDouble().ShouldMatch(golden.GetProperty("metrics").GetProperty("rewards/rejected").GetDouble(), "rejected");
    }

    [Theory]
    [InlineData(DpoLossKind.Sigmoid)]
    public void Compute_PolicyEqualsReference_LossIsLn2AndRewardsAreZero(DpoLossKind kind)
    {
        var same = new PairLogProbs(tensor(new[] { -4.0 }), tensor(new[] { -9.0 }));
        var result = DpoLoss.Compute(same, same, 0.1, kind);
        result.Losses.ToDouble().ShouldBe(Math.Log(2), 1e-15);
        result.ChosenRewards.ToDouble().ShouldBe(0);
        result.RejectedRewards.ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Compute_LabelSmoothing_MixesBothDirections()
    {
        // beta 0.5: beta h = 1, -0.5. softplus(-1) = 0.3132617, softplus(1) = 1.3132617; 0.9 * 0.3132617 + 0.1 * 1.3132617 = 0.4132617.
        // softplus(0.5) = 0.9740770, softplus(-0.5) = 0.4740770; 0.9 * 0.9740770 + 0.1 * 0.4740770 = 0.9240770.
        var losses = DpoLoss.Compute(Policy(), Zeros(), 0.5, labelSmoothing: 0.1).Losses;
        losses[0].ToDouble().ShouldBe(0.4132617, 1e-7);
        losses[1].ToDouble().ShouldBe(0.9240770, 1e-7);
    }

    [Fact]
    public void Compute_Tie_GradientVanishesAtEqualRatios()
    {
        var chosen = tensor(new[] { -1.0 }, requires_grad: true);
        var rejected = tensor(new[] { -1.0 }, requires_grad: true);
        var zero = zeros(1, dtype: ScalarType.Float64);
        DpoLoss.Compute(new(chosen, rejected), new(zero, zero), 0.1, labels: tensor(new[] { 0.5 })).Losses.sum().backward();
        chosen.grad!.ToDouble().ShouldBe(0, 1e-15);
        rejected.grad!.ToDouble().ShouldBe(0, 1e-15);
    }

    [Fact]
    public void Compute_SoftLabels_AreTheExpectedLoss()
    {
        var sure = DpoLoss.Compute(Policy(), Zeros(), 0.5).Losses;
        var swapped = DpoLoss.Compute(new(Policy().Rejected, Policy().Chosen), Zeros(), 0.5).Losses;
        var soft = DpoLoss.Compute(Policy(), Zeros(), 0.5, labels: tensor(new[] { 0.75, 0.75 })).Losses;
        (soft - (0.75 * sure + 0.25 * swapped)).abs().max().ToDouble().ShouldBeLessThan(1e-15);
    }

    [Fact]
    public void Compute_HingeAndPlainIpo_HandValues()
    {
        // beta 0.5: hinge max(0, 1 - 1) = 0 and 1 + 0.5 = 1.5; ipo target 1/(2*0.5) = 1: (2 - 1)^2 = 1 and (-1 - 1)^2 = 4.
        DpoLoss.Compute(Policy(), Zeros(), 0.5, DpoLossKind.Hinge).Losses.data<double>().ToArray().ShouldBe([0, 1.5]);
        DpoLoss.Compute(Policy(), Zeros(), 0.5, DpoLossKind.Ipo).Losses.data<double>().ToArray().ShouldBe([1, 4]);
    }

    [Fact]
    public void Compute_HugeRatios_StayFinite()
    {
        var far = new PairLogProbs(tensor(new[] { -5000.0 }), tensor(new[] { 0.0 }));
        var zero = new PairLogProbs(zeros(1, dtype: ScalarType.Float64), zeros(1, dtype: ScalarType.Float64));
        DpoLoss.Compute(far, zero, 1).Losses.ToDouble().ShouldBe(5000, 1e-9);
    }

    [Fact]
    public void Compute_ReferenceWithGradient_Throws() =>
        Should.Throw<ArgumentException>(() => DpoLoss.Compute(Zeros(), Policy(), 0.1)).Message.ShouldContain("carries gradient");

    [Fact]
    public void Compute_OptionsOutOfRange_Throw()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => DpoLoss.Compute(Policy(), Zeros(), 0));
        Should.Throw<ArgumentOutOfRangeException>(() => DpoLoss.Compute(Policy(), Zeros(), 0.1, labelSmoothing: 0.5));
    }

    private static PairLogProbs Halves(Tensor rows)
    {
        var half = rows.shape[0] / 2;
        return new(rows.narrow(0, 0, half), rows.narrow(0, half, half));
    }

    // Σ over completion tokens of log p(ids[t+1] | ids[..t]), [B].
    private static Tensor Sequences(Tensor logits, Tensor ids, Tensor completionMask)
    {
        var next = ids[TensorIndex.Colon, TensorIndex.Slice(1)].unsqueeze(-1);
        var logProbs = logits[TensorIndex.Colon, TensorIndex.Slice(null, -1)].log_softmax(-1).gather(-1, next).squeeze(-1);
        return (logProbs * completionMask[TensorIndex.Colon, TensorIndex.Slice(1)]).sum(1);
    }
}
