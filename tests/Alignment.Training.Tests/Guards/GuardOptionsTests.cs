using Alignment.Training.Guards;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Training.Tests.Guards;

public class GuardOptionsTests
{
    [Fact]
    public void Bind_Guards_AreRead()
    {
        var guards = OptionsBinder.BindText<TrainingOptions>("guards: { kl_runaway: { above: 20, action: stop }, mine: { metric: loss, below_start: 0.5, lines: 1 } }").Guards;
        guards["kl_runaway"].ShouldBe(new GuardOptions { Above = 20, Action = GuardAction.Stop });
        guards["mine"].Metric.ShouldBe(["loss"]);
        guards["mine"].Bound.ShouldBe(new GuardBound(IsUpper: false, 0.5, OfStart: true));
    }

    [Theory]
    [InlineData("kl_runway: { above: 20 }", "guards.kl_runway has no metric and is none of the default guards (entropy_collapse, kl_runaway")]
    [InlineData("mine: { metric: loss }", "guards.mine has no bound; give one of above, below, above_start, below_start")]
    [InlineData("mine: { metric: loss, above: 1, below: 0 }", "guards.mine has several bounds")]
    [InlineData("mine: { metric: loss, above: 1, lines: 0 }", "guards.mine.lines is 0; it must be at least 1")]
    [InlineData("mine: { metric: loss, above_start: -2 }", "guards.mine.above_start is -2; it must be above 0")]
    [InlineData("mine: { metric: loss, above: 2, off: true }", "guards.mine is off, but there is no default guard of that name")]
    [InlineData("mine: { metric: [], above: 2 }", "guards.mine.metric is empty")]
    public void Bind_GuardThatCannotBe_IsToldWithItsLine(string guard, string message)
    {
        var error = Should.Throw<OptionsException>(() => OptionsBinder.BindText<TrainingOptions>($"batch_size: 4\nguards:\n  {guard}", "a.yaml"));
        error.Message.ShouldContain(message);
        error.Message.ShouldContain("a.yaml:3");
    }

    [Fact]
    public void Docs_HaveATableRowAndASectionOfEveryDefault()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "docs", "guards.md")))
        {
            folder = folder.Parent;
        }

        var lines = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "guards.md"));
        foreach (var rule in DefaultGuards.All)
        {
            lines.ShouldContain($"## {rule.Name}");
            var bound = rule.Bound.OfStart ? $"{rule.Bound.Value} × start" : $"{rule.Bound.Value}".Replace('-', '−');
            var row = $"{(rule.Bound.IsUpper ? "above" : "below")} {bound} | {rule.Lines} |";
            lines.ShouldContain(line => line.StartsWith("| [", StringComparison.Ordinal) && line.Contains($"#{rule.Name})", StringComparison.Ordinal) && line.Contains(row, StringComparison.Ordinal) && rule.Metrics.All(metric => line.Contains($"`{metric}`", StringComparison.Ordinal)));
        }
    }
}
