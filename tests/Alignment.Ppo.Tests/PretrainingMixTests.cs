using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

public sealed class PretrainingMixTests
{
    [Fact]
    public void Backward_TwoRows_AddsTheGradientOfTheWeightedMeanOverTokens()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run));
        var policy = loop.Models.Policy;
        TokenExample[] rows = [new("a:1", [70, 71, 72, 3], [false, true, true, true]), new("a:2", [80, 81], [false, true])];
        var options = new PretrainingOptions { Train = ["a"], Coefficient = 0.25, BatchSize = 2 };

        var loss = Backward(new PretrainingMix(options, rows, policy, padId: 0, microRows: 1, seed: 1), loop, update: 1) / options.Coefficient;

        using var scope = NewDisposeScope();
        var found = policy.OutputWeight.grad!.clone();
        policy.OutputWeight.grad = null;
        var mean = Losses([70, 71, 72, 3]).sum().add(Losses([80, 81]).sum()) / 4; // three targets and one
        (0.25 * mean).backward();
        loss.ShouldBe(mean.item<float>(), 1e-5);
        (found - policy.OutputWeight.grad!).abs().max().item<float>().ShouldBeLessThan(1e-6f);
        found.abs().max().item<float>().ShouldBeGreaterThan(1e-4f);

        // −log p of every token but the first, from all logits at once
        Tensor Losses(long[] ids)
        {
            var logProbs = nn.functional.log_softmax(policy.forward(tensor(ids, [1, ids.Length]))[0], 1); // [T, V]
            return -logProbs.narrow(0, 0, ids.Length - 1).gather(1, tensor(ids[1..]).unsqueeze(1));
        }
    }

    [Fact]
    public void Backward_LaterUpdates_TakeOtherRows()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run));
        TokenExample[] rows = [new("a:1", [70, 71], [false, true]), new("a:2", [80, 81], [false, true])];
        var mix = new PretrainingMix(new PretrainingOptions { Train = ["a"], BatchSize = 1 }, rows, loop.Models.Policy, padId: 0, microRows: 1, seed: 1);

        var (first, second, again) = (Backward(mix, loop, 1), Backward(mix, loop, 2), Backward(mix, loop, 1));

        second.ShouldNotBe(first);
        again.ShouldBe(first);
    }

    private static double Backward(PretrainingMix mix, TinyLoop loop, long update)
    {
        using var optimizers = new PpoOptimizers(loop.RunOptions.Training, loop.Models, totalSteps: 10);
        var loss = 0.0;
        mix.Backward(update, step: 1, optimizers.Policy, share => loss += share);
        return loss;
    }
}
