using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation.Tests.OverOptimization;

public class OverOptimizationReportTests
{
    private static readonly OverOptimizationResults Results = new(
        "sft",
        0.05,
        [
            new("sft", null, 0, 0, 0, 0, 1),
            new("ppo<1>@10", "ppo<1>", 1, 0.5, 0.4, 0.3, 1.4),
            new("ppo<1>@20", "ppo<1>", 4, 0.9, 0.7, 0.2, 1.2),
            new("best of 1", RewardPoint.BestOfN, 0, 0, 0, 0, 1),
            new("best of 4", RewardPoint.BestOfN, 0.636, 0.6, 0.55, 0.4, 1.5),
        ],
        [new("ppo<1>", "gold_reward", "d(α − β log d)", 0.41, 0.3, 0.99)]);

    [Fact]
    public void Markdown_SaysWhereEachRewardIsHighest()
    {
        var text = OverOptimizationReport.Markdown(Results);
        text.ShouldContain("| ppo<1> | ppo<1>@20, √KL 2.000: 0.900 | ppo<1>@20, √KL 2.000: 0.700 | ppo<1>@10, √KL 1.000: 0.300 | ppo<1>@10, √KL 1.000: 1.400 |");
        text.ShouldContain("| best of 4 | 0.636 | 0.797 | 0.600 | 0.550 | 0.400 | 1.500 |");
        text.ShouldContain("| ppo<1>: d(α − β log d) | gold reward | 0.410 | 0.300 | 0.990 |");
    }

    [Fact]
    public void Html_HasAPlotOfEachRewardWithALineForEachRun()
    {
        var page = OverOptimizationReport.Html(Results);
        page.Split("<svg").Length.ShouldBe(1 + 4);
        page.Split("<polyline class=\"run0\"").Length.ShouldBe(1 + 4);
        page.Split("<polyline class=\"best\"").Length.ShouldBe(1 + 4);
        page.ShouldContain("ppo&lt;1&gt;@20: 1.2 at √KL 2");
        page.ShouldNotContain("ppo<1>");
        page.ShouldNotContain("NaN");
    }

    [Fact]
    public void Of_ARunWithEnoughPoints_IsFittedAboveTheReference()
    {
        var sources = Enumerable.Range(1, 4).Select(i => new ModelSource($"ppo@{i}", "b") { Run = "ppo" }).Prepend(new ModelSource("sft", "a")).ToList();
        // d = 1, 2, 3, 4; the reward is 0.25 at the reference and 0.25 + d elsewhere, so α = 1 and β = 0
        var models = sources.Select((source, d) => (source.Name, Model: Model(kl: d * d, reward: 0.25 + d))).ToDictionary(pair => pair.Name, pair => pair.Model);

        var results = OverOptimizationResults.Of("sft", sources, models, control: null, bestOf: null);

        var fit = results.Fits.ShouldHaveSingleItem();
        (fit.Run, fit.Measure).ShouldBe(("ppo", "reward"));
        fit.Alpha.ShouldBe(1, 1e-9);
        fit.Beta.ShouldBe(0, 1e-9);
    }

    private static ModelResults Model(double kl, double reward) => new(null, new(reward, reward, reward), null, new(kl, kl, kl), 1, null, 5, null, null);
}
