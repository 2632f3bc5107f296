using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

public class GeneralizedAdvantageTests
{
    [Fact]
    public void Compute_HandValues()
    {
        // gamma 0.9, lambda 0.5. delta_1 = 2 - 0.5 = 1.5; delta_0 = 1 + 0.9 * 0.5 - 0.2 = 1.25; A_0 = 1.25 + 0.45 * 1.5 = 1.925.
        var (advantages, returns) = GeneralizedAdvantage.Compute(
            tensor(new[] { 1.0, 2 }, [1, 2]), tensor(new[] { 0.2, 0.5 }, [1, 2]), 0.9, 0.5);
        advantages[0, 0].ToDouble().ShouldBe(1.925, 1e-12);
        advantages[0, 1].ToDouble().ShouldBe(1.5, 1e-12);
        returns[0, 0].ToDouble().ShouldBe(2.125, 1e-12);
        returns[0, 1].ToDouble().ShouldBe(2.0, 1e-12);
    }

    [Fact]
    public void Compute_LambdaOneGammaOne_ReturnIsTheSumOfRewards()
    {
        var rewards = randn(4, 7, dtype: ScalarType.Float64);
        var (_, returns) = GeneralizedAdvantage.Compute(rewards, randn(4, 7, dtype: ScalarType.Float64), 1, 1);
        var toGo = rewards.flip(1).cumsum(1).flip(1);
        (returns - toGo).abs().max().ToDouble().ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Compute_PaddingAddedOnTheRight_ChangesNothing()
    {
        var rewards = randn(2, 3, dtype: ScalarType.Float64);
        var values = randn(2, 3, dtype: ScalarType.Float64);
        var pad = zeros(2, 2, dtype: ScalarType.Float64);
        var (narrow, _) = GeneralizedAdvantage.Compute(rewards, values, 0.99, 0.95);
        var (wide, _) = GeneralizedAdvantage.Compute(cat([rewards, pad], 1), cat([values, pad], 1), 0.99, 0.95);
        wide.narrow(1, 0, 3).Equals(narrow).ShouldBeTrue();
    }

    [Fact]
    public void Compute_RateOutOfRange_NamesIt() =>
        Should.Throw<ArgumentOutOfRangeException>(() => GeneralizedAdvantage.Compute(ones(1, 1), ones(1, 1), 1.1, 1)).ParamName.ShouldBe("gamma");
}
