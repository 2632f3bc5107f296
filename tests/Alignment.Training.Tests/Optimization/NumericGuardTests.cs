using Alignment.Training.Optimization;

namespace Alignment.Training.Tests.Optimization;

public class NumericGuardTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Finite_BrokenNumber_NamesStepAndRows(double value)
    {
        var error = Should.Throw<NumericFailureException>(() => NumericGuard.Finite(value, "loss", 12, [.. Enumerable.Range(1, 20).Select(i => $"a.jsonl:{i}")]));

        error.Message.ShouldContain("loss is");
        error.Message.ShouldContain("step 12");
        error.Message.ShouldContain("a.jsonl:16 and 4 more");
    }

    [Fact]
    public void Finite_Number_Passes()
    {
        NumericGuard.Finite(0.5, "loss", 1, []).ShouldBe(0.5);
    }
}
