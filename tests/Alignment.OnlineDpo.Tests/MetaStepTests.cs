using Alignment.Core.Models;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.OnlineDpo.Tests;

/// <summary>The update's micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    [Theory]
    [InlineData(OnlineMethod.OnlineDpo, DpoLossKind.Sigmoid)]
    [InlineData(OnlineMethod.OnlineDpo, DpoLossKind.Ipo)]
    [InlineData(OnlineMethod.Xpo, DpoLossKind.Sigmoid)]
    [InlineData(OnlineMethod.Xpo, DpoLossKind.Ipo)]
    public void Update_ReadsNothingBack(OnlineMethod method, DpoLossKind loss)
    {
        using var scope = NewDisposeScope();
        using var run = new TinyRun("");
        var options = new OnlineDpoOptions { Model = run.At("policy"), Train = ["a"], Method = method, Loss = loss, Training = new OnlineDpoTrainingOptions { BatchSize = 1 } };
        var config = ModelConfig.Load(run.At("policy"));
        using var models = new RolloutModels(TextTokenizer.Load(run.At("policy")), [3], MetaDevice.CausalLm(config), MetaDevice.CausalLm(config), hasReference: true, new NoReward());
        using var step = new MetaStep(models.Policy);
        int[][] responses = [[20, 21, 3], [30, 3], [41, 42, 43, 44], [50]];
        var rollouts = new RolloutBatch(
            [.. responses.Select((response, i) => new Rollout(new PromptExample($"a:{i / 2}", [5, 9 + (i / 2)], []), response, new float[response.Length], Ended: true))], MetaDevice.Device);
        ResponsePair[] pairs = [new(0, 1, FirstIsBetter: true), new(2, 3, FirstIsBetter: false)];
        var update = new OnlineDpoUpdate(options, models, step.Gradient);

        MetaDevice.Run(() => new RolloutScorer(models, options).LogProbs(rollouts, [[0, 1], [2, 3]]));
        step.Run(() => update.AddGradients(1, rollouts, pairs, step.Metrics, MetaStep.NotYet, MetaStep.NotYet));
    }
}
