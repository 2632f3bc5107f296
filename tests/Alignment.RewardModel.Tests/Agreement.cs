namespace Alignment.RewardModel.Tests;

internal static class Agreement
{
    public static void ShouldAgree(this double[] found, params double[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        found.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
    }
}
