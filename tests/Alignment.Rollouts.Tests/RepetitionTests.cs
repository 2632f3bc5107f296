namespace Alignment.Rollouts.Tests;

public class RepetitionTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3 }, 0)]                          // no run of four tokens
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 0)]                    // 1234 2345
    [InlineData(new[] { 7, 7, 7, 7, 7, 7, 7 }, 0.75)]           // 7777 four times
    [InlineData(new[] { 1, 2, 3, 4, 1, 2, 3, 4 }, 0.2)]         // 1234 2341 3412 4123 1234: one of five again
    public void Of_Responses_IsTheShareOfRunsThatStoodBefore(int[] response, double share) =>
        Repetition.Of(response).ShouldBe(share, 1e-12);
}
