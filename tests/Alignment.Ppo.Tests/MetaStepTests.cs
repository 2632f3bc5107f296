using Alignment.Core.Models;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

/// <summary>The updates' micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    [Theory]
    [InlineData(null, ScorePlacement.LastToken)]
    [InlineData(3.0, ScorePlacement.AfterLastToken)]
    public void Update_ReadsNothingBack(double? dualClip, ScorePlacement placement)
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun("");
        var options = TinyLoop.Options(run) with { DualClip = dualClip, ScorePlacement = placement, KlEstimator = KlEstimator.Full };
        var config = ModelConfig.Load(run.At("policy"));
        using var models = new PpoModels(
            new RolloutModels(TextTokenizer.Load(run.At("policy")), [3], MetaDevice.CausalLm(config), MetaDevice.CausalLm(config), hasReference: true, new NoReward()), MetaDevice.ScalarHead(config));
        using var optimizers = new PpoOptimizers(options.Training, models, totalSteps: 10);
        int[][] responses = [[20, 21, 3], [30, 3], [41, 42, 43, 44], [50]];
        var rollouts = new RolloutBatch(
            [.. responses.Select((response, i) => new Rollout(new PromptExample($"a:{i / 2}", [5, 9 + (i / 2)], []), response, new float[response.Length], Ended: true))], MetaDevice.Device, placement);
        Tensor Table() => zeros(4, rollouts.Width, device: MetaDevice.Device);
        var advantages = new Advantages(Table(), Table(), Table());
        int[][] micro = [[0, 1], [2, 3]];
        TokenExample[] rows = [new("b:1", [70, 71, 72, 3], [false, true, true, true]), new("b:2", [80, 81], [false, true])];
        var mix = new PretrainingMix(new PretrainingOptions { Train = ["b"], BatchSize = 2 }, rows, models.Policy, padId: 0, microRows: 1, seed: 1);
        var update = new PpoUpdate(options, models, optimizers, new MiniBatchPlan(1, 2, 1), mix);
        var sums = new UpdateSums(optimizers.Reads);

        MetaDevice.Run(() =>
        {
            new RolloutScorer(models.Shared, options, fullKl: true).LogProbs(rollouts, micro, batch => RolloutBatch.Put(rollouts.Values, batch.ValueCells, batch.Values(models.Value)));
            var batches = update.Batches(rollouts, micro);
            update.AddPolicyGradients(1, batches, rollouts, advantages, sums);
            mix.Backward(1, 1, optimizers.Policy, MetaStep.NotYet);
            update.AddValueGradients(1, batches, rollouts, advantages, sums);
        });

        MetaStep.Check(models.Policy.parameters().Concat(models.Value.parameters()), optimizers.Reads);
        sums.Tokens.ShouldBe(10);
    }
}
