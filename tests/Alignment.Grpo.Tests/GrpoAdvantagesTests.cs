using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Grpo.Tests;

public sealed class GrpoAdvantagesTests
{
    [Theory]
    [InlineData(AdvantageKind.Group, null, new[] { 0.70701f, -0.70701f, -0.70711f, 0.70711f })] // ±0.5 / (0.707107 + 1e-4), ±5 / (7.071068 + 1e-4)
    [InlineData(AdvantageKind.Group, AdvantageScale.None, new[] { 0.5f, -0.5f, -5f, 5f })]
    [InlineData(AdvantageKind.LeaveOneOut, null, new[] { 1f, -1f, -10f, 10f })]
    [InlineData(AdvantageKind.BatchMean, null, new[] { -1.75f, -2.75f, -2.75f, 7.25f })] // mean 2.75
    [InlineData(AdvantageKind.BatchMean, AdvantageScale.Batch, new[] { -0.36035f, -0.56627f, -0.56627f, 1.49288f })] // deviation √(70.75 / 3) = 4.85627, and 1e-4
    [InlineData(AdvantageKind.RunningMean, null, new[] { -1.75f, -2.75f, -2.75f, 7.25f })] // the first step's own mean
    public void Of_TwoPairs_GivesTheNumbersOfTheHand(AdvantageKind kind, AdvantageScale? scale, float[] expected)
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { NumGenerations = 2, RolloutBatchSize = 4, Advantages = kind, ScaleRewards = scale };
        using var loop = new TinyLoop(run, options);
        using var scope = NewDisposeScope();
        var batch = loop.Batch([1, 0, 0, 10], [70, 3], [71, 3], [72, 3], [73, 3]);

        Numbers(new GrpoAdvantages(options, new RunningBaseline(0.9)).Of(batch)).ShouldBe(expected, 1e-4);
    }

    [Fact]
    public void Of_KlInReward_TakesTheSummedLogRatioOff()
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { NumGenerations = 2, RolloutBatchSize = 2, Advantages = AdvantageKind.LeaveOneOut, Beta = 0.5, KlInReward = true };
        using var loop = new TinyLoop(run, options);
        using var scope = NewDisposeScope();
        var batch = loop.Batch([1, 0], [70, 71, 3], [72, 3]);
        batch.LogProbs.copy_(tensor(new[] { -1f, -2f, -3f, -1f, -1f, 0f }, [2, 3]));
        batch.ReferenceLogProbs.copy_(tensor(new[] { -2f, -2f, -1f, -4f, -1f, 0f }, [2, 3]));

        // k1 sums: 1 + 0 − 2 = −1 and 3; rewards 1 + 0.5 and 0 − 1.5
        Numbers(new GrpoAdvantages(options, new RunningBaseline(0.9)).Of(batch)).ShouldBe([3, -3], 1e-6);
    }

    [Fact]
    public void Of_ReinforcePlusPlus_WhitensOverTokensWithTheKlStillAhead()
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { NumGenerations = 1, RolloutBatchSize = 2, Advantages = AdvantageKind.ReinforcePlusPlus, Beta = 0.5, KlInReward = true };
        using var loop = new TinyLoop(run, options);
        using var scope = NewDisposeScope();
        var batch = loop.Batch([1, 0], [70, 71], [72]);
        batch.LogProbs.copy_(tensor(new[] { -1f, -2f, -1f, 0f }, [2, 2]));
        batch.ReferenceLogProbs.copy_(tensor(new[] { -3f, -4f, -1f, 0f }, [2, 2]));

        // k1: 2, 2 and 0. Ahead: 4, 2 and 0. r − 0.5·ahead: −1, 0, 0; mean −1/3, unbiased variance 1/3, deviation 0.577350
        Numbers(new GrpoAdvantages(options, new RunningBaseline(0.9)).Of(batch)).ShouldBe([-1.154701f, 0.577350f, 0.577350f, 0], 1e-5);
    }

    [Fact]
    public void Next_FollowsTheMeansOfEarlierSteps()
    {
        var baseline = new RunningBaseline(0.75);

        baseline.Next(4).ShouldBe(4);
        baseline.Next(8).ShouldBe(4);
        baseline.Next(0).ShouldBe(5); // 0.75·4 + 0.25·8

        var file = Path.GetTempFileName();
        baseline.Part.Save(file); // 3.75
        var other = new RunningBaseline(0.75);
        other.Part.Load(file);
        other.Next(1).ShouldBe(3.75);
        File.Delete(file);
    }

    private static float[] Numbers(Tensor values) => values.to_type(ScalarType.Float32).reshape(-1).data<float>().ToArray();
}
