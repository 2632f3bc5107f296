using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

public class BradleyTerryTests
{
    [Fact]
    public void Fit_OfTwo_IsTheLogOfTheOdds()
    {
        // 300 to 100: θ_0 − θ_1 = ln 3 but for the weak pull; on Elo's scale 191 points.
        var strengths = BradleyTerry.Fit(new double[,] { { 0, 300 }, { 100, 0 } });
        (strengths[0] - strengths[1]).ShouldBe(Math.Log(3), 0.001);
        strengths.Sum().ShouldBe(0, 1e-9);
        ((strengths[0] - strengths[1]) * BradleyTerry.EloPerUnit).ShouldBe(400 * Math.Log10(3), 0.2);
    }

    [Fact]
    public void Fit_FindsTheJournalsOfAgresti()
    {
        // Stigler 1994, citations between four statistics journals, as in Agresti, "Categorical Data Analysis", and R's BradleyTerry2: ability of
        // Biometrika, Comm Statist, JASA, JRSS-B against Biometrika: 0, -2.9491, -0.4796, 0.2690.
        var strengths = BradleyTerry.Fit(new double[,] { { 0, 730, 498, 221 }, { 33, 0, 68, 17 }, { 320, 813, 0, 142 }, { 284, 276, 325, 0 } });
        (strengths[1] - strengths[0]).ShouldBe(-2.9491, 0.001);
        (strengths[2] - strengths[0]).ShouldBe(-0.4796, 0.001);
        (strengths[3] - strengths[0]).ShouldBe(0.2690, 0.001);
    }

    [Fact]
    public void Fit_OfWinnersThatNeverLost_IsFinite()
    {
        var strengths = BradleyTerry.Fit(new double[,] { { 0, 10, 0 }, { 0, 0, 0 }, { 0, 0, 0 } });
        strengths.ShouldAllBe(strength => double.IsFinite(strength));
        strengths[0].ShouldBeGreaterThan(strengths[2]);
        strengths[2].ShouldBeGreaterThan(strengths[1]);
    }
}
