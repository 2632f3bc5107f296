using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Training.Tests.Metrics;

public class ReportPageTests
{
    [Fact]
    public void Build_MetricsAndManifest_ShowsThemEscapedWithoutOutsideResources()
    {
        var manifest = StageManifest.Begin("dpo", "dpo<1>", new() { ["beta"] = 0.1 }, 3, []) with
        {
            Measures = new Dictionary<string, double> { ["eval_accuracy"] = 0.75 },
            Warnings = ["mine: a<b"],
        };
        MetricsLine Line(long step, string name, double value) => new(step, [new(name, value), new("epoch", step)], DateTimeOffset.UnixEpoch);

        var page = ReportPage.Build(manifest, [Line(1, "loss", 2), Line(2, "loss", 1), Line(2, "eval_loss", 1.5), Line(2, "rewards/margins", double.NaN)]);

        page.ShouldContain("dpo&lt;1&gt;");
        page.ShouldContain("<b>0.75</b>");
        page.ShouldContain("<p class=\"warning\">Guard mine: a&lt;b</p>");
        page.ShouldContain("train 1<");
        page.ShouldContain("eval 1.5<");
        page.Split("<figure>").Length.ShouldBe(2); // loss with eval_loss; epoch and a metric that was never finite have none
        page.ShouldNotContain("http");
        page.ShouldNotContain("NaN");
    }
}
