using Alignment.Core.Models;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Rollouts.Rewards;

/// <summary>A reward model's number at the last token of prompt and response, with the mean and deviation that are stored with it taken out.</summary>
/// <param name="model">Frozen; disposed with this.</param>
/// <param name="padId">Fills shorter rows.</param>
public sealed class ModelReward(ScalarHeadModel model, int padId) : IRewardSource
{
    /// <summary>What the term is called.</summary>
    internal const string Name = "reward_model";

    private readonly IDisposable _held = model.HoldWeights();

    /// <inheritdoc/>
    public int? ContextLength => model.Config.ContextLength;

    /// <inheritdoc/>
    public RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default)
    {
        using var noGrad = no_grad();
        var values = new double[rollouts.Count];
        var deviations = model.Ensemble is null ? null : new double[rollouts.Count];
        foreach (var rows in microBatches)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (ids, lengths) = Rollout.Padded(rollouts, rows, padId);
            var batch = tensor(ids, [rows.Length, ids.Length / rows.Length]).SentTo(model.Device); // [B, T]
            var heads = model.HeadScores(batch, lengths);                                              // [B, H]
            var scores = model.Normalize(model.Together(heads)).cpu().data<float>();                   // [B]
            var members = deviations is null ? [] : heads.cpu().data<float>().ToArray();               // B·H
            for (var i = 0; i < rows.Length; i++)
            {
                values[rows[i]] = scores[i];
                if (deviations is not null)
                {
                    var offsets = model.Ensemble!.Offsets;
                    deviations[rows[i]] = RewardEnsemble.Deviation([.. offsets.Select((offset, head) => members[(i * offsets.Count) + head] - offset)]) / model.RewardStd;
                }
            }
        }

        return new RewardScores([new RewardTerm(Name, 1, values)]) { Disagreement = deviations };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.Dispose();
        model.Dispose();
    }
}
