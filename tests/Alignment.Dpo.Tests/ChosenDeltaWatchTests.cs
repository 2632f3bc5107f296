namespace Alignment.Dpo.Tests;

public sealed class ChosenDeltaWatchTests
{
    private readonly CollectedLog _log = new();

    [Fact]
    public void Add_MeanBelowTheThreshold_WarnsOnce()
    {
        var watch = new ChosenDeltaWatch(_log.Logger);
        watch.Add(-0.6, ChosenDeltaWatch.Window - 1);
        _log.Text.ShouldBeEmpty();
        watch.Add(-0.6, 1);
        _log.Text.ShouldContain("logps/chosen_delta_ref is -0.60");
        watch.Add(-9, ChosenDeltaWatch.Window);
        _log.Text.ShouldNotContain("-9");
    }

    [Fact]
    public void Add_AFewOddPairs_SayNothing()
    {
        var watch = new ChosenDeltaWatch(_log.Logger);
        watch.Add(-5, 4);  // −20 in all
        watch.Add(0, 60);  // over 64 pairs −0.31
        _log.Text.ShouldBeEmpty();
    }
}
