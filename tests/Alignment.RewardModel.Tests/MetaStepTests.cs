using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Tests;

namespace Alignment.RewardModel.Tests;

/// <summary>The stage's micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    private static readonly ResponseGroup[] Pairs =
    [
        new("a:1", [5, 6], [[7, 8, 3], [9, 3]], [new(0, 1)]),
        new("a:2", [10, 11, 12], [[14, 3], [15, 16, 17, 3]], [new(0, 1, Margin: 0.5, Label: 0.5)]),
    ];

    private static readonly ResponseGroup[] Lists =
    [
        new("a:1", [5, 6], [[7, 8, 3], [9, 3], [10, 3]], [new(0, 1), new(0, 2), new(1, 2)]) { Ranks = [0, 1, 2], Ratings = [3, 2, double.NaN] },
        new("a:2", [10], [[14, 3], [15, 3]], [new(1, 0)]) { Ranks = [1, 0], Ratings = [1, 4] },
    ];

    [Theory]
    [InlineData(RewardLossKind.BradleyTerry)]
    [InlineData(RewardLossKind.Ranking)]
    [InlineData(RewardLossKind.BestOfK)]
    [InlineData(RewardLossKind.Rating)]
    public void Step_ReadsNothingBack(RewardLossKind loss)
    {
        using var model = MetaDevice.ScalarHead(MetaDevice.Config);
        Check(model, loss, loss is RewardLossKind.BestOfK or RewardLossKind.Rating ? null : 0.01);
    }

    [Fact]
    public void Step_SeveralHeads_ReadsNothingBack()
    {
        using var run = new RewardRun("");
        using var model = ModelFolder.LoadScalarHead(run.At("base", "model"), device: MetaDevice.Device, heads: 3);
        model.HeadCount.ShouldBe(3);
        Check(model, RewardLossKind.Ranking, null);
    }

    private static void Check(ScalarHeadModel model, RewardLossKind loss, double? centre)
    {
        using var step = new MetaStep(model);
        model.RatingScale = loss == RewardLossKind.Rating ? new(2, 1.5) : null;
        var options = new RewardModelOptions { Model = "m", Train = ["a"], Loss = loss, CenterRewardsCoefficient = centre };
        var stage = new RewardModelStage(options, null!, model, loss == RewardLossKind.BradleyTerry ? Pairs : Lists, null, [], padId: 0);

        step.Run(metrics => stage.Loss([0, 1], metrics));
    }
}
