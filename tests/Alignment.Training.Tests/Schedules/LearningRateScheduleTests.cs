using Alignment.Training.Schedules;

namespace Alignment.Training.Tests.Schedules;

public class LearningRateScheduleTests
{
    [Fact]
    public void Factor_LinearWithWarmup_RisesReachesOneAndFalls()
    {
        var schedule = new LearningRateSchedule(LearningRateShape.Linear, TotalSteps: 8, WarmupSteps: 3);

        // Up in quarters, then 5 steps down from 1: (5 - 0) / 5 ... (5 - 4) / 5.
        Enumerable.Range(1, 8).Select(step => Math.Round(schedule.Factor(step), 12))
            .ShouldBe([0.25, 0.5, 0.75, 1, 0.8, 0.6, 0.4, 0.2]);
    }

    [Fact]
    public void Factor_Cosine_IsHalfInTheMiddle()
    {
        var schedule = new LearningRateSchedule(LearningRateShape.Cosine, TotalSteps: 100, WarmupSteps: 0, MinimumRatio: 0.1);

        schedule.Factor(1).ShouldBe(1);
        schedule.Factor(51).ShouldBe(0.1 + (0.9 * 0.5), 1e-12); // 50 of 100 steps behind it
        schedule.Factor(100).ShouldBe(0.1 + (0.9 * 0.5 * (1 + Math.Cos(Math.PI * 0.99))), 1e-12);
        schedule.Factor(1000).ShouldBe(schedule.Factor(100));
    }

    [Fact]
    public void Factor_Constant_StaysAfterWarmup()
    {
        var schedule = new LearningRateSchedule(LearningRateShape.Constant, TotalSteps: 4, WarmupSteps: 1);

        Enumerable.Range(1, 4).Select(step => schedule.Factor(step)).ShouldBe([0.5, 1, 1, 1]);
    }

    [Fact]
    public void Factor_WarmupAsLongAsTheRun_NeverDividesByZero()
    {
        var schedule = new LearningRateSchedule(LearningRateShape.Linear, TotalSteps: 2, WarmupSteps: 2);

        schedule.Factor(1).ShouldBe(1 / 3.0);
        schedule.Factor(2).ShouldBe(2 / 3.0);
    }

    [Fact]
    public void Factor_StepZero_IsRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LearningRateSchedule(LearningRateShape.Linear, 1).Factor(0));
    }

    [Theory]
    [InlineData(100, null, 0.031, 4)]
    [InlineData(100, 7, 0.5, 7)]
    [InlineData(5, 7, 0, 5)]
    public void Warmup_StepsOrRatio_StepsWin(long total, int? steps, double ratio, long expected)
    {
        LearningRateSchedule.Warmup(total, steps, ratio).ShouldBe(expected);
    }
}
