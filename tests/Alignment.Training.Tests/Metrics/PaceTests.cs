using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class PaceTests
{
    [Theory]
    [InlineData(100, 100, 0, "")]
    [InlineData(100, 140, 10, "4.0 steps/s, 2m 05s left")] // 40 steps in 10 s; 500 to go
    [InlineData(100, 101, 8, "8.0 s/step, 1h 11m left")]   // 539 steps of 8 s = 4312 s
    [InlineData(0, 640, 64, "10.0 steps/s")]
    public void Describe_ResumedRun_CountsThisSessionOnly(long start, long done, double seconds, string expected)
    {
        new Pace(start, 640).Describe(done, TimeSpan.FromSeconds(seconds)).ShouldBe(expected);
    }
}
