using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Grpo.Tests;

/// <summary>The loop without its program: what needs a look inside.</summary>
public sealed class GrpoLoopTests
{
    // Two prompts, four responses each, of unequal lengths; 3 is <|im_end|>.
    private static readonly int[][] Responses = [[70, 3], [71, 72, 73], [74, 75, 76, 3], [77, 3], [80, 3], [81, 82, 3], [83, 3], [84, 85, 86, 87]];
    private static readonly float[] Scores = [1, 0, 1, 0, 1, 0, 0, 0];

    public static TheoryData<PolicyLossKind> Losses => [.. Enum.GetValues<PolicyLossKind>()];

    [Fact]
    public void TrainStep_TwoHundredTimes_LeavesNoTensorBehind()
    {
        using var run = new TinyRun();
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { MaxNewTokens = 2, Beta = 0.1, NumIterations = 2, Training = TinyLoop.Options(run).Training with { BatchSize = 4 } });
        loop.Step(1, 10); // AdamW's moments are made in the first step
        GC.Collect(); // what other tests left to the collector is not this one's
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        loop.Step(11, 200);

        Tensor.TotalCount.ShouldBe(before);
    }

    [Theory]
    [InlineData(PolicyLossKind.Grpo)]
    [InlineData(PolicyLossKind.DrGrpo)]
    [InlineData(PolicyLossKind.Dapo)]
    [InlineData(PolicyLossKind.Rloo)]
    public void Update_FirstPass_HasTheLossOfTheHand(PolicyLossKind kind)
    {
        using var run = new TinyRun();
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { LossType = kind, ScaleRewards = AdvantageScale.None });
        using var scope = NewDisposeScope();

        var (loss, _) = loop.Gradient(loop.Batch(Scores, Responses));

        // Ratio 1, so a token's loss is −Â. Advantages: 1 − 0.5 = ±0.5 in the first group, 0.75 and −0.25 in the second. Lengths 2 3 4 2, 2 3 2 4.
        // Per response: −(0.5 − 0.5 + 0.5 − 0.5 + 0.75 − 0.25·3) = 0. Per token: 0.5·(2 − 3 + 4 − 2) + 0.75·2 − 0.25·(3 + 2 + 4) = 0.5 + 1.5 − 2.25 = −0.25.
        loss.ShouldBe(
            kind switch
            {
                PolicyLossKind.DrGrpo => 0.25 / (8 * 4), // responses × max_new_tokens
                PolicyLossKind.Dapo => 0.25 / 22, // tokens
                _ => 0,
            },
            1e-7);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Update_EightTimesOneOrOneTimesEight_IsTheSame(PolicyLossKind kind)
    {
        if (kind == PolicyLossKind.Bnpo)
        {
            return; // its mean is over the tokens of a micro-batch, by definition
        }

        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { LossType = kind, EpsilonHigh = kind == PolicyLossKind.Cispo ? 5 : null, MaskTruncatedCompletions = true };
        using var together = new TinyLoop(run, options);
        using var scope = NewDisposeScope();
        var (loss, gradient) = together.Gradient(together.Batch(Scores, Responses));

        using var apart = new TinyLoop(run, options with { Training = options.Training with { BatchSize = 1 } });
        var (lossApart, gradientApart) = apart.Gradient(apart.Batch(Scores, Responses));

        lossApart.ShouldBe(loss, 1e-6);
        var largest = gradient.Max(Math.Abs);
        largest.ShouldBeGreaterThan(1e-4f);
        gradient.Zip(gradientApart, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-5f * Math.Max(1, largest));
    }

    [Fact]
    public void Update_LongerNeighbours_ChangeNothing()
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { LossType = PolicyLossKind.Grpo, NumGenerations = 2, RolloutBatchSize = 4, MaxNewTokens = 8 };
        using var loop = new TinyLoop(run, options);
        using var scope = NewDisposeScope();

        // The second group's advantages are 0, so it adds nothing but padding.
        var (_, narrow) = loop.Gradient(loop.Batch([1, 0, 1, 1], [70, 3], [71, 72, 3], [73, 3], [74, 3]));
        var (_, wide) = loop.Gradient(loop.Batch([1, 0, 1, 1], [70, 3], [71, 72, 3], [73, 75, 76, 77, 78, 79, 80, 3], [74, 3]));

        narrow.Max(Math.Abs).ShouldBeGreaterThan(1e-4f);
        narrow.Zip(wide, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Update_GroupOfTwo_HasHalfTheGradientOfLeaveOneOut()
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { NumGenerations = 2, RolloutBatchSize = 4, ScaleRewards = AdvantageScale.None };
        using var group = new TinyLoop(run, options);
        using var others = new TinyLoop(run, options with { Advantages = AdvantageKind.LeaveOneOut });
        using var scope = NewDisposeScope();
        int[][] responses = [[70, 3], [71, 72, 3], [73, 3], [74, 75, 3]];

        var (_, half) = group.Gradient(group.Batch([1, 0, 0.25f, 3], responses));
        var (_, whole) = others.Gradient(others.Batch([1, 0, 0.25f, 3], responses));

        half.Zip(whole, (a, b) => Math.Abs((2 * a) - b)).Max().ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Update_MaskedTruncated_LeavesCutResponsesOut()
    {
        using var run = new TinyRun();
        var options = TinyLoop.Options(run) with { MaskTruncatedCompletions = true, Advantages = AdvantageKind.BatchMean };
        using var loop = new TinyLoop(run, options);
        using var scope = NewDisposeScope();
        float[] scores = [1, 0, 1, 0, 1, 0, 0, 0];

        var (loss, gradient) = loop.Gradient(loop.Batch(scores, Responses)); // the second and the last were cut
        int[][] changed = [.. Responses];
        changed[1] = [90, 91, 92];
        var (other, same) = loop.Gradient(loop.Batch(scores, changed));

        other.ShouldBe(loss);
        same.Zip(gradient, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-7f);
    }

    [Fact]
    public void Sample_FilteredAndRefilled_KeepsOnlyGroupsThatDiffer()
    {
        using var run = new TinyRun();
        using var loop = new TinyLoop(run, TinyLoop.Options(run) with { NumGenerations = 2, RolloutBatchSize = 16, FilterEqualRewards = true, RefillRounds = 3 });

        var groups = loop.Groups(1);

        groups.Rollouts.Count.ShouldBeGreaterThan(16); // some groups were equal, and others sampled
        groups.Kept.Length.ShouldBeInRange(2, 16);
        foreach (var pair in groups.Kept.Chunk(2))
        {
            pair[1].ShouldBe(pair[0] + 1);
            groups.Rollouts[pair[0]].Prompt.ShouldBe(groups.Rollouts[pair[1]].Prompt);
            groups.Scores[pair[0]].ShouldNotBe(groups.Scores[pair[1]]);
        }

        var again = loop.Groups(1);
        again.Kept.ShouldBe(groups.Kept);
        again.Rollouts.Select(rollout => rollout.Response).ShouldBe(groups.Rollouts.Select(rollout => rollout.Response));
    }
}
