using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class BradleyTerryLossTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.Part("reward_model").GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compute_TrlGolden_LossAndGradientAgree(int index)
    {
        using var scope = NewDisposeScope();
        var part = Golden.Part("reward_model");
        var golden = part.GetProperty("cases")[index];
        var config = golden.GetProperty("config");
        var rewards = Golden.Array(part.GetProperty("inputs").GetProperty("rewards"), requiresGrad: true);
        var half = rewards.shape[0] / 2;
        var margins = config.GetProperty("margin").GetBoolean() ? Golden.Array(part.GetProperty("inputs").GetProperty("margin")) : null;
        var centre = config.GetProperty("center_rewards_coefficient");

        var loss = BradleyTerryLoss.Compute(
            rewards.narrow(0, 0, half),
            rewards.narrow(0, half, half),
            margins,
            centerCoefficient: centre.ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : centre.GetDouble()).mean();
        loss.backward();

        loss.ToDouble().ShouldMatch(golden.GetProperty("loss").GetDouble(), "loss");
        rewards.grad!.ShouldMatch(golden.GetProperty("grad"), "gradient");
    }

    [Fact]
    public void Compute_EqualRewards_IsLn2() =>
        BradleyTerryLoss.Compute(ones(1), ones(1)).ToDouble().ShouldBe(Math.Log(2), 1e-6);

    [Fact]
    public void Compute_Tie_IsLeastAtEqualRewards()
    {
        var tie = tensor(new[] { 0.5 });
        double At(double difference) => BradleyTerryLoss.Compute(
            tensor(new[] { difference }), zeros(1, dtype: ScalarType.Float64), labels: tie).ToDouble();
        At(0).ShouldBe(Math.Log(2), 1e-15);
        At(0.1).ShouldBeGreaterThan(At(0));
        At(-0.1).ShouldBe(At(0.1), 1e-15);
    }

    [Fact]
    public void Compute_LabelZero_IsTheSwappedPair() =>
        BradleyTerryLoss.Compute(tensor(new[] { 2.0 }), tensor(new[] { 0.5 }), labels: zeros(1, dtype: ScalarType.Float64)).ToDouble()
            .ShouldBe(BradleyTerryLoss.Compute(tensor(new[] { 0.5 }), tensor(new[] { 2.0 })).ToDouble(), 1e-15);

    [Fact]
    public void Compute_MarginAndCentring_HandValue()
    {
        // r_w - r_l - m = 2 - 1 - 1 = 0 -> ln 2; 0.1 * (2 + 1)^2 = 0.9.
        BradleyTerryLoss.Compute(tensor(new[] { 2.0 }), tensor(new[] { 1.0 }), tensor(new[] { 1.0 }), centerCoefficient: 0.1).ToDouble()
            .ShouldBe(Math.Log(2) + 0.9, 1e-12);
    }

    [Fact]
    public void Compute_ShapesDiffer_NamesBoth() =>
        Should.Throw<ArgumentException>(() => BradleyTerryLoss.Compute(ones(2), ones(3))).Message.ShouldContain("rejected has shape [3], chosen has [2]");
}
