using Alignment.Training.Guards;
using Alignment.Training.Metrics;
using Alignment.Training.Tests.Metrics;

namespace Alignment.Training.Tests.Guards;

public sealed class GuardWatchTests
{
    private readonly CollectedLog _log = new();

    [Fact]
    public void Check_ThreeLinesInARowOutOfBounds_WarnsOnceWithNumbersCauseAndSection()
    {
        var watch = Watch("ppo");
        Feed(watch, "objective/kl", 60, 61, 10, 60, 61);
        _log.Text.ShouldBeEmpty();

        watch.Check(Line(6, ("objective/kl", 62.5)));

        _log.Text.ShouldContain("Guard kl_runaway: objective/kl is 62.5 at step 6, above 50 for 3 lines in a row. Likely cause: the policy leaves the reference");
        _log.Text.ShouldContain("See docs/guards.md#kl_runaway.");
        Feed(watch, "objective/kl", 70, 1, 70, 70, 70, 70);
        _log.Text.ShouldNotContain("70");
        watch.Warnings.ShouldHaveSingleItem().ShouldStartWith("kl_runaway: objective/kl is 62.5");
    }

    [Fact]
    public void Check_RelativeBound_TakesTheMedianOfTheFirstFiveValues()
    {
        var watch = Watch("sft");
        Feed(watch, "grad_norm", 1, 90, 2, 3, 2, 19, 19); // median 2, so the bound is 20
        _log.Text.ShouldBeEmpty();
        Feed(watch, "grad_norm", 21, 22);
        _log.Text.ShouldContain("grad_norm is 22 at step 2, above 10 × 2, the median of its first 5 values for 2 lines in a row");
    }

    [Fact]
    public void Check_StartOfZero_HasNoMultiples()
    {
        var watch = Watch("ppo");
        Feed(watch, "completions/mean_length", 0, 0, 0, 0, 0, 5, 5, 5, 5);
        _log.Text.ShouldBeEmpty();
    }

    [Fact]
    public void Check_ValuesThatAreNotNumbersOrMissing_NeitherCountNorBreakTheRow()
    {
        var watch = Watch("ppo");
        watch.Check(Line(1, ("objective/kl", 60)));
        watch.Check(Line(2, ("objective/kl", double.NaN)));
        watch.Check(Line(2, ("eval_objective/kl", 1)));
        watch.Check(Line(3, ("objective/kl", 60)));
        _log.Text.ShouldBeEmpty();
        watch.Check(Line(4, ("objective/kl", 60)));
        _log.Text.ShouldContain("at step 4");
    }

    [Theory]
    [InlineData("sft", "entropy", 0)] // entropy falls in any supervised training
    [InlineData("grpo", "entropy", 1)]
    [InlineData("dpo", "kl", 0)]      // z of KTO, not a divergence from the reference per token
    [InlineData("grpo", "kl", 1)]
    public void With_KindOfStage_DecidesOnTheDefaults(string kind, string metric, int watched) =>
        DefaultGuards.With(kind, new Dictionary<string, GuardOptions>()).Count(rule => rule.Metrics.Contains(metric)).ShouldBe(watched);

    [Fact]
    public void With_Options_ChangeTurnOffAndAdd()
    {
        var rules = DefaultGuards.With("ppo", new Dictionary<string, GuardOptions>
        {
            ["kl_runaway"] = new() { Above = 20, Action = GuardAction.Stop },
            ["repetition"] = new() { Off = true },
            ["entropy_high"] = new() { Metric = ["policy/entropy_avg"], AboveStart = 3 },
        }).ToDictionary(rule => rule.Name);

        rules["kl_runaway"].ShouldSatisfyAllConditions(
            rule => rule.Bound.ShouldBe(new(true, 20, false)),
            rule => rule.Action.ShouldBe(GuardAction.Stop),
            rule => rule.Lines.ShouldBe(3),
            rule => rule.Metrics.ShouldBe(["objective/kl"]),
            rule => rule.Cause.ShouldStartWith("the policy leaves"));
        rules.ShouldNotContainKey("repetition");
        rules["entropy_high"].Bound.ShouldBe(new(true, 3, true));
        rules["entropy_high"].Action.ShouldBe(GuardAction.Warn);
    }

    [Fact]
    public void With_DefaultOfAnotherKindAskedForByName_IsWatched() =>
        DefaultGuards.With("sft", new Dictionary<string, GuardOptions> { ["entropy_collapse"] = new() }).ShouldContain(rule => rule.Name == "entropy_collapse");

    [Fact]
    public void Check_Stop_NamesTheCheckpointBeforeTheFirstBadLine()
    {
        long? asked = null;
        var options = new Dictionary<string, GuardOptions> { ["loss_high"] = new() { Metric = ["loss"], Above = 5, Lines = 2, Action = GuardAction.Stop } };
        var watch = new GuardWatch("sft", options, _log.Logger, step =>
        {
            asked = step;
            return "checkpoints/step-00000020";
        });
        watch.Check(Line(10, ("loss", 1)));
        watch.Check(Line(20, ("loss", 1)));
        watch.Check(Line(30, ("loss", 6)));

        var stop = Should.Throw<GuardStopException>(() => watch.Check(Line(40, ("loss", 7))));

        asked.ShouldBe(20);
        stop.Message.ShouldBe(
            "guard loss_high: loss is 7 at step 40, above 5 for 2 lines in a row. The run is stopped and this step is not saved; the last good checkpoint is checkpoints/step-00000020. "
            + "Change the options, or training.guards.loss_high if this is as it should be");
    }

    [Fact]
    public void Replay_LinesOfAnEarlierProcess_KeepsRowsAndWhatWasSaid()
    {
        var first = Watch("ppo");
        Feed(first, "objective/kl", 60, 60, 60, 1, 60, 60);
        var resumed = new CollectedLog();
        var watch = new GuardWatch("ppo", new Dictionary<string, GuardOptions>(), resumed.Logger, _ => null);
        foreach (var value in (double[])[60, 60, 60, 1, 60, 60])
        {
            watch.Replay(Line(1, ("objective/kl", value)));
        }

        watch.Check(Line(7, ("objective/kl", 99)));

        resumed.Text.ShouldBeEmpty(); // the process before said it
        watch.Warnings.Count.ShouldBe(1);
    }

    [Fact]
    public void Check_MetricThatTheStageDoesNotWrite_IsToldAtTheFirstLineOrAtTheEnd()
    {
        var watch = Watch("sft", new()
        {
            ["mine"] = new() { Metric = ["los"], Above = 1 },
            ["held_out"] = new() { Metric = ["eval_loss"], Above = 1 },
            ["entropy_collapse"] = new() { Lines = 5 }, // of its two metrics one is there
        });
        watch.Check(Line(0, ("eval_acc", 1)));
        _log.Text.ShouldBeEmpty();
        watch.Check(Line(1, ("loss", 1), ("entropy", 1)));
        _log.Text.ShouldBe("training.guards.mine watches 'los', which the lines of metrics do not have: did you mean 'loss'?");
        watch.Finish();
        _log.Text.ShouldContain("training.guards.held_out watches 'eval_loss', which the lines of metrics do not have: the run wrote no such metric");
    }

    private static MetricsLine Line(long step, params (string Name, double Value)[] values) =>
        new(step, [.. values.Select(value => KeyValuePair.Create(value.Name, value.Value))], DateTimeOffset.UnixEpoch);

    private static void Feed(GuardWatch watch, string metric, params double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            watch.Check(Line(i + 1, (metric, values[i])));
        }
    }

    private GuardWatch Watch(string kind, Dictionary<string, GuardOptions>? options = null) => new(kind, options ?? [], _log.Logger, _ => null);
}
