using Alignment.Core.Models;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.Grpo.Tests;

/// <summary>The updates' micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    public static TheoryData<PolicyLossKind> Losses => [.. Enum.GetValues<PolicyLossKind>()];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Update_ReadsNothingBack(PolicyLossKind loss)
    {
        using var run = new TinyRun("");
        var options = TinyLoop.Options(run) with { LossType = loss, EpsilonHigh = 0.3, NumGenerations = 2 };
        Check(run, options, advantagesPerToken: false);
        Check(run, options with { Beta = 0.04, NumIterations = 2, MaskTruncatedCompletions = true }, advantagesPerToken: loss != PolicyLossKind.Rloo);
    }

    [Theory]
    [InlineData(RatioLevel.Sequence)]
    [InlineData(RatioLevel.SequenceToken)]
    public void Update_RatioOfResponses_ReadsNothingBack(RatioLevel level)
    {
        using var run = new TinyRun("");
        Check(run, TinyLoop.Options(run) with { ImportanceSamplingLevel = level, NumIterations = 2, NumGenerations = 2, Delta = 2 }, advantagesPerToken: false);
    }

    private static void Check(TinyRun run, GrpoOptions options, bool advantagesPerToken)
    {
        using var scope = NewDisposeScope();
        var config = ModelConfig.Load(run.At("policy"));
        var hasReference = options.Beta > 0;
        using var models = new RolloutModels(
            TextTokenizer.Load(run.At("policy")), [3], MetaDevice.CausalLm(config), hasReference ? MetaDevice.CausalLm(config) : null, hasReference, new NoReward());
        using var step = new MetaStep(models.Policy);
        int[][] responses = [[20, 21, 3], [30, 3], [41, 42, 43, 44], [50]];
        var rollouts = new RolloutBatch(
            [.. responses.Select((response, i) => new Rollout(new PromptExample($"a:{i / 2}", [5, 9 + (i / 2)], []), response, new float[response.Length], response[^1] == 3))], MetaDevice.Device);
        int[][] micro = [[0, 1], [2, 3]];
        var counts = rollouts.Rollouts.Select(rollout => rollout.Ended || !options.MaskTruncatedCompletions ? rollout.Response.Length : 0).ToArray();
        var advantages = zeros(advantagesPerToken ? [4, rollouts.Width] : [4], device: MetaDevice.Device);
        var update = new GrpoUpdate(options, models, step.Gradient, new MiniBatchPlan(1, 2, 1, 2));

        MetaDevice.Run(() => new RolloutScorer(models, options).LogProbs(rollouts, micro));
        step.Run(() => update.AddGradients(1, rollouts, advantages, rollouts.Mask, counts, micro, new UpdateSums(step.Gradient.Reads)));
    }
}
