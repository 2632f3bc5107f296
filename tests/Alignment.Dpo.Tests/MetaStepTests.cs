using Alignment.Objectives;
using Alignment.Objectives.Pairwise;
using Alignment.Tests;

namespace Alignment.Dpo.Tests;

/// <summary>The stage's micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    public static TheoryData<DpoLossKind> Losses => [.. Enum.GetValues<DpoLossKind>()];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Pairs_ReadNothingBack(DpoLossKind loss)
    {
        // The last two pairs have soft labels, which sorted batches cannot take.
        int[] rows = PairwiseLosses.Of(loss).SortsBatch ? [0, 1] : [0, 1, 2, 3];
        Check(TinyPairs.Options with { Loss = [loss], LabelSmoothing = 0.1, SftWeight = 0.2 }, rows);
        Check(TinyPairs.Options with { Loss = [loss], LabelSmoothing = 0.1, ReferenceFree = true, LdAlpha = 0.5 }, rows);
    }

    [Theory]
    [InlineData(FDivergence.ForwardKl)]
    [InlineData(FDivergence.JsDivergence)]
    [InlineData(FDivergence.AlphaDivergence)]
    public void Divergences_ReadNothingBack(FDivergence divergence) =>
        Check(TinyPairs.Options with { FDivergenceType = divergence }, [0, 1, 2, 3]);

    [Fact]
    public void OtherTerms_ReadNothingBack()
    {
        Check(TinyPairs.Options with { UseWeighting = true, Margin = 0.5, UseMargins = true }, [0, 1, 2, 3]);
        Check(TinyPairs.Options with { Loss = [DpoLossKind.Sigmoid, DpoLossKind.Sft], LossWeights = [0.8, 0.2], UseWeighting = true }, [0, 1, 2, 3]);
        Check(TinyPairs.Options with { Loss = [DpoLossKind.SigmoidNorm], Alpha = 0.25 }, [0, 1, 2, 3]);
    }

    [Fact]
    public void MovingReference_ReadsNothingBack()
    {
        var options = TinyPairs.Options with { SyncRefModel = true, RefModelSyncSteps = 1 };
        using var policy = MetaDevice.CausalLm(TinyPairs.Config);
        using var moving = new MovingReference(MetaDevice.CausalLm(TinyPairs.Config), policy, 0.6, 1);
        using var step = new MetaStep(policy);
        var stage = new DpoStage(options, null!, policy, new PairSet(TinyPairs.Pairs, null), new PairSet([], null), TinyPairs.PadId, moving);

        step.Run(metrics => stage.Loss([0, 1], metrics));
        MetaDevice.Run(() => moving.AfterStep(1));
    }

    [Theory]
    [InlineData(UnpairedLossKind.Kto, false)]
    [InlineData(UnpairedLossKind.ApoZeroUnpaired, false)]
    [InlineData(UnpairedLossKind.Bco, false)]
    [InlineData(UnpairedLossKind.Bco, true)]
    public void Unpaired_ReadNothingBack(UnpairedLossKind loss, bool weighted) =>
        Check(TinyPairs.Options with { Unpaired = loss, DesirableWeight = 1.1 }, [0, 1, 2, 3], TinyPairs.Set with { DensityRatios = weighted ? [1, 2, 0.5, 1] : null });

    private static void Check(DpoOptions options, int[] rows, PairSet? set = null)
    {
        using var policy = MetaDevice.CausalLm(TinyPairs.Config);
        using var step = new MetaStep(policy);
        set ??= options.ReferenceFree ? new PairSet(TinyPairs.Pairs, null) : TinyPairs.Set;
        var stage = new DpoStage(options, null!, policy, set, new PairSet([], null), TinyPairs.PadId);

        step.Run(metrics => stage.Loss(rows, metrics));
    }
}
