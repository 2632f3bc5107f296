using Alignment.Training.Loops;

namespace Alignment.Training.Tests.Loops;

public class BatchPlanTests
{
    [Fact]
    public void Rows_AcrossEpochs_AreGaplessAndAFunctionOfTheStep()
    {
        var plan = new BatchPlan(5, 3, epoch => epoch % 2 == 0 ? [0, 1, 2, 3, 4] : [4, 3, 2, 1, 0]);

        Enumerable.Range(1, 4).SelectMany(step => plan.Rows(step)).ShouldBe([0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1]);
        plan.Rows(2).ShouldBe([3, 4, 4]);
    }

    [Fact]
    public void Rows_StepLargerThanTheData_GoesRound()
    {
        new BatchPlan(2, 5, _ => [1, 0]).Rows(1).ShouldBe([1, 0, 1, 0, 1]);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0.5, 1)]
    [InlineData(3, 5)]
    [InlineData(0.01, 1)]
    public void Steps_Epochs_RoundUp(double epochs, long steps)
    {
        new BatchPlan(5, 3, _ => []).Steps(epochs).ShouldBe(steps);
    }

    [Fact]
    public void Rows_OrderOfAnotherLength_IsRefused()
    {
        Should.Throw<InvalidOperationException>(() => new BatchPlan(5, 3, _ => [0, 1]).Rows(1));
    }
}
