using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation.Tests.OverOptimization;

public class CurveFitTests
{
    private static readonly double[] Distances = [0, 0.4, 1, 1.7, 3, 6];

    [Fact]
    public void Of_PointsOfTheBestOfNForm_FindsAlphaAndBeta()
    {
        var fit = CurveFit.Of("best-of-n", "gold_reward", Distances.Select(d => (d, d * (2 - (0.3 * d)))), bestOfN: true)!;
        (fit.Alpha, fit.Beta, fit.RSquared).ShouldSatisfyAllConditions(
            found => found.Alpha.ShouldBe(2, 1e-9), found => found.Beta.ShouldBe(0.3, 1e-9), found => found.RSquared.ShouldBe(1, 1e-9));
        fit.Form.ShouldBe("d(α − β d)");
    }

    [Fact]
    public void Of_PointsOfTheFormOfReinforcementLearning_FindsAlphaAndBeta()
    {
        var fit = CurveFit.Of("ppo", "gold_reward", Distances.Select(d => (d, d == 0 ? 0 : d * (1.5 - (0.7 * Math.Log(d))))), bestOfN: false)!;
        fit.Alpha.ShouldBe(1.5, 1e-9);
        fit.Beta.ShouldBe(0.7, 1e-9);
        fit.Form.ShouldBe("d(α − β log d)");
    }

    [Fact]
    public void Of_TooFewPointsOrAllTheSame_IsNull()
    {
        CurveFit.Of("a", "reward", [(0, 0), (1, 1), (2, 2), (3, 3)], bestOfN: true).ShouldBeNull(); // three beside 0
        CurveFit.Of("a", "reward", [(1, 1), (1, 2), (1, 3), (1, 4)], bestOfN: true).ShouldBeNull(); // α − β only
        CurveFit.Of("a", "reward", [(1, 1), (2, 1), (3, 1), (4, 1)], bestOfN: true).ShouldBeNull(); // nothing to explain
    }
}
