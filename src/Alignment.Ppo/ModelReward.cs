using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>A reward model's number at the last token of prompt and response, with the mean and deviation that are stored with it taken out.</summary>
/// <param name="model">Frozen; disposed with this.</param>
internal sealed class ModelReward(ScalarHeadModel model) : IRewardSource
{
    private readonly IDisposable _held = model.HoldWeights();

    public float[] Score(RolloutBatch rollouts, IReadOnlyList<int> rows, ResponseBatch batch)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return model.Normalize(model.Scores(batch.Tokens.Ids, batch.Lengths)).cpu().data<float>().ToArray();
    }

    public void Dispose()
    {
        _held.Dispose();
        model.Dispose();
    }
}
