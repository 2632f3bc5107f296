using Alignment.Rollouts;
using Alignment.Training.Loops;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

/// <summary>The loop without its program: what needs a look inside.</summary>
public sealed class PpoLoopTests
{
    [Fact]
    public void TrainStep_TwoHundredTimes_LeavesNoTensorBehind()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { RolloutBatchSize = 2, MaxNewTokens = 2, PpoEpochs = 1, KlCoef = 1 });
        loop.Step(1, 10); // AdamW's moments are made in the first step
        GC.Collect(); // what other tests left to the collector is not this one's
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        loop.Step(11, 200);

        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Update_PolicyChangedSinceScoring_FailsTheSelfTestAndChangesNothing()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { MiniBatches = 1 });
        using var scope = NewDisposeScope();
        var batch = loop.Batch((0, [70, 71, 3]), (1, [72, 70]));
        loop.Score(batch, [0, 1]);

        loop.Nudge(0.01); // as a forgotten dropout or a stale copy would
        var before = loop.Weights();
        var error = Should.Throw<InvalidOperationException>(() => loop.Update(batch));

        error.Message.ShouldContain("self test at step 1");
        loop.Weights().ShouldBe(before);
    }

    [Fact]
    public void TrainStep_PolicyThatIsNotItsReference_RefusesToStart()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.ByFunction(run));
        loop.Nudge(0.5); // as a reference that is read in another way would differ
        var before = loop.Weights();

        var error = Should.Throw<InvalidOperationException>(() => loop.Step(1, 1));

        error.Message.ShouldContain("self test at step 1: the policy is its own reference, so the KL must be 0");
        loop.Weights().ShouldBe(before);
    }

    [Fact]
    public void Update_OneResponseAtATimeOrAll_IsTheSame()
    {
        float[] Weights(int batchSize)
        {
            using var run = new TinyRun("");
            var options = TinyLoop.Options(run);
            using var loop = new TinyLoop(run, options with { MiniBatches = 1, Training = options.Training with { BatchSize = batchSize } });
            using var scope = NewDisposeScope();
            var batch = loop.Batch((0, [70, 71, 3]), (1, [72, 70]), (2, [80, 3]), (3, [75, 76, 77, 3]));
            loop.Score(batch, [1, 0, 3, 2]);
            loop.Update(batch);
            return loop.Weights();
        }

        Weights(1).Zip(Weights(4), (one, all) => Math.Abs(one - all)).Max().ShouldBeLessThan(2e-5f);
    }

    [Fact]
    public void Update_FreshRollouts_PassesTheSelfTestAndTrainsPolicyAndValue()
    {
        using var run = new TinyRun("");
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { MiniBatches = 1 });
        using var scope = NewDisposeScope();
        var batch = loop.Batch((0, [70, 71, 3]), (1, [72, 70]));
        loop.Score(batch, [1, 0]);
        var before = loop.Weights();
        var value = loop.Models.Value.parameters().First().clone();

        loop.Update(batch);

        loop.Weights().ShouldNotBe(before);
        loop.Models.Value.parameters().First().Equals(value).ShouldBeFalse();
        (loop.Models.Value.parameters().First() - value).abs().max().item<float>().ShouldBeGreaterThan(0);
        loop.Models.Reference!.parameters().ShouldAllBe(parameter => !parameter.requires_grad);
    }

    [Theory]
    [InlineData(0.9e-4, true)]
    [InlineData(1.1e-4, false)]
    [InlineData(double.NaN, false)]
    public void CheckSampler_AtTheTolerance_PassesBelowOnly(double difference, bool passes)
    {
        Action check = () => SelfTest.CheckSampler(difference, ComputePrecision.Fp32);
        if (passes)
        {
            check.ShouldNotThrow();
        }
        else
        {
            check.ShouldThrow<InvalidOperationException>();
        }
    }
}
