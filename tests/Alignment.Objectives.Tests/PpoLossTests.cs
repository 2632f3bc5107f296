using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class PpoLossTests
{
    private static Tensor Row(params double[] values) => tensor(values, [1, values.Length]);

    [Fact]
    public void Policy_SamePolicy_LossIsMinusAdvantageAndNothingIsClipped()
    {
        var result = PpoLoss.Policy(Row(-1, -2), Row(-1, -2), Row(3, -4), 0.2);
        result.Losses.data<double>().ToArray().ShouldBe([-3, 4]);
        result.Clipped.any().ToBoolean().ShouldBeFalse();
    }

    [Fact]
    public void Policy_RatioBeyondTheClip_HandValues()
    {
        // ratio 1.5 with A = 2: max(-3, -2.4) = -2.4, clipped. ratio 0.5 with A = 2: max(-1, -1.6) = -1, not clipped.
        // ratio 1.5 with A = -2: max(3, 2.4) = 3, not clipped. ratio 0.5 with A = -2: max(1, 1.6) = 1.6, clipped.
        var result = PpoLoss.Policy(
            Row(Math.Log(1.5), Math.Log(0.5), Math.Log(1.5), Math.Log(0.5)), Row(0, 0, 0, 0), Row(2, 2, -2, -2), 0.2);
        var losses = result.Losses.data<double>().ToArray();
        double[] expected = [-2.4, -1, 3, 1.6];
        for (var i = 0; i < 4; i++)
        {
            losses[i].ShouldBe(expected[i], 1e-12);
        }

        result.Clipped.data<bool>().ToArray().ShouldBe([true, false, false, true]);
    }

    [Fact]
    public void Policy_DualClip_BoundsTheLossOfABadTokenOnly()
    {
        // c = 3. ratio 5 with A = -2: 10, bounded by 6. ratio 2 with A = -2: 4, below the bound. ratio 0.1 with A = 2: -0.2, good tokens have no bound.
        var logProbs = tensor(new[] { Math.Log(5), Math.Log(2), Math.Log(0.1) }, [1, 3], requires_grad: true);
        var losses = PpoLoss.Policy(logProbs, Row(0, 0, 0), Row(-2, -2, 2), 0.2, dualClip: 3).Losses;
        losses.data<double>().ToArray().Zip([6, 4, -0.2], (have, due) => Math.Abs(have - due)).Max().ShouldBeLessThan(1e-12);

        losses.sum().backward(); // d(-A e^x)/dx = -A e^x, 0 at the bound
        logProbs.grad!.data<double>().ToArray().Zip([0, 4, -0.2], (have, due) => Math.Abs(have - due)).Max().ShouldBeLessThan(1e-12);
        Should.Throw<ArgumentOutOfRangeException>(() => PpoLoss.Policy(Row(0), Row(0), Row(1), 0.2, dualClip: 1));
    }

    [Fact]
    public void Policy_ClippedToken_HasNoGradient()
    {
        var logProbs = tensor(new[] { Math.Log(1.5), Math.Log(1.1) }, [1, 2], requires_grad: true);
        PpoLoss.Policy(logProbs, Row(0, 0), Row(2, 2), 0.2).Losses.sum().backward();
        logProbs.grad![0, 0].ToDouble().ShouldBe(0);
        logProbs.grad![0, 1].ToDouble().ShouldBe(-2.2, 1e-12); // d(-A e^x)/dx = -2 * 1.1
    }

    [Fact]
    public void Value_MovedFurtherThanTheClip_TakesTheLargerError()
    {
        // V = 1, V_old = 0, R = 1: plain 0; held at 0.2: 0.5 * 0.8^2 = 0.32. V = 0.1: both 0.5 * 0.9^2 = 0.405.
        var result = PpoLoss.Value(Row(1, 0.1), Row(0, 0), Row(1, 1), 0.2);
        result.Losses[0, 0].ToDouble().ShouldBe(0.32, 1e-12);
        result.Losses[0, 1].ToDouble().ShouldBe(0.405, 1e-12);
        result.Clipped.data<bool>().ToArray().ShouldBe([true, false]);
    }

    [Fact]
    public void Policy_OldLogProbsWithGradient_Throws() =>
        Should.Throw<ArgumentException>(() => PpoLoss.Policy(Row(0), Row(0).requires_grad_(), Row(0), 0.2))
            .Message.ShouldContain("oldLogProbs carries gradient");
}
