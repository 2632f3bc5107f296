using Alignment.Rollouts.Averaging;
using static TorchSharp.torch;

namespace Alignment.Rollouts.Tests;

public sealed class WeightMergingTests
{
    [Theory]
    [InlineData(0.0, new[] { 3f, 1f })]
    [InlineData(1.0, new[] { 1f, 3f })]
    [InlineData(0.5, new[] { 2.414214f, 2.414214f })] // halfway round the quarter circle of radius 2 about (1, 1): 1 + √2
    [InlineData(0.3333333, new[] { 2.732051f, 2f })] // 30 degrees: 1 + 2·cos 30°, 1 + 2·sin 30°
    public void Slerp_RightAngle_GoesRoundTheCircle(double share, float[] expected)
    {
        using var scope = NewDisposeScope();
        WeightMerging.Slerp(tensor(new[] { 1f, 1f }), tensor(new[] { 3f, 1f }), tensor(new[] { 1f, 3f }), share).data<float>().ToArray().ShouldBe(expected, 1e-5);
    }

    [Fact]
    public void Slerp_Parallel_IsTheStraightLine()
    {
        using var scope = NewDisposeScope();
        WeightMerging.Slerp(tensor(new[] { 0f, 0f }), tensor(new[] { 1f, 1f }), tensor(new[] { 3f, 3f }), 0.25).data<float>().ToArray().ShouldBe([1.5f, 1.5f], 1e-6);
        WeightMerging.Slerp(tensor(new[] { 2f }), tensor(new[] { 2f }), tensor(new[] { 2f }), 0.5).data<float>().ToArray().ShouldBe([2f]);
    }
}
