using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

public sealed class AdvantagesTests
{
    [Fact]
    public void Of_TwoRows_GivesTheNumbersOfTheHand()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { Gamma = 1, Lambda = 1 });
        using var scope = NewDisposeScope();
        var batch = loop.Batch((0, [70, 71]), (1, [72]));
        batch.LogProbs.copy_(tensor(new[] { -1f, -2f, -3f, 0f }, [2, 2]));
        batch.ReferenceLogProbs.copy_(tensor(new[] { -2f, -2f, -1f, 0f }, [2, 2]));
        batch.Values.copy_(tensor(new[] { 0.5f, 0.25f, 1f, 0f }, [2, 2]));
        batch.Scores[0] = 2;
        batch.Scores[1] = 3;

        var advantages = Advantages.Of(batch, loop.RunOptions, klCoefficient: 0.1);

        // k1 = log π − log π_ref: [1, 0], [−2]; rewards −0.1·k1 plus the score: [−0.1, 2], [3.2]; with γ = λ = 1 the return is the sum to the end.
        Cells(advantages.Kl).ShouldBe([1, 0, -2, 0]);
        Cells(advantages.Returns).ShouldBe([1.9f, 2f, 3.2f, 0], 1e-6);

        // advantages 1.4, 1.75, 2.2: mean 1.783333, unbiased variance 0.160833, deviation 0.401040
        Cells(advantages.Whitened).ShouldBe([-0.955847f, -0.083116f, 1.038964f, 0], 1e-4);
    }

    [Fact]
    public void Of_WhitenRewards_KeepsTheirMean()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { Gamma = 0, Lambda = 0, WhitenRewards = true });
        using var scope = NewDisposeScope();
        var batch = loop.Batch((0, [70]), (1, [72]));
        batch.Scores[0] = 1;
        batch.Scores[1] = 5;

        var advantages = Advantages.Of(batch, loop.RunOptions, klCoefficient: 0.1);

        // rewards 1, 5: mean 3, unbiased deviation 2.828427, so (±2 / 2.828427) + 3
        Cells(advantages.Returns).ShouldBe([2.292893f, 3.707107f], 1e-5);
    }

    private static float[] Cells(Tensor table) => table.reshape(-1).data<float>().ToArray();
}
